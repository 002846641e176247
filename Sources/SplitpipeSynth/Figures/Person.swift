import Glibc

/// A person on foot: walks to the side, and may turn to or from the camera when standing.
struct Person: Figure {
  enum View: Sendable { case side, front, back }

  var outfit: Outfit
  var standing: View
  /// Metres.
  var height: Double
  /// How far the gait is ahead of that of another person, in radians.
  var phase: Double
  /// 0.85 slim … 1.25 stout.
  var girth: Double

  init(_ dice: inout Dice, standing: View) {
    outfit = Outfit(&dice)
    self.standing = standing
    height = dice.chance(0.12) ? dice.between(1.35, 1.5) : dice.between(1.6, 1.9)
    phase = dice.between(0, 2 * .pi)
    girth = dice.between(0.88, 1.22)
  }

  var kind: ObjectClass? { .person }
  var extent: Extent {
    Extent(back: height * 0.38, front: height * 0.38, height: height * 1.08, base: 0.3)
  }

  func draw(_ pen: Pen, motion: Motion) {
    // A stride of two steps covers 0.85 of the height.
    let angle = phase + motion.distance / (0.85 * height) * 2 * .pi
    pen.placed(scaleX: height, scaleY: height) {
      switch motion.effort > 0.2 ? .side : standing {
      case .side: drawSide(pen, angle, motion.effort)
      case .front: drawFacing(pen, angle, motion.effort, front: true)
      case .back: drawFacing(pen, angle, motion.effort, front: false)
      }
    }
  }

  /// In units of the person's height.
  private func drawSide(_ pen: Pen, _ angle: Double, _ effort: Double) {
    func leg(_ angle: Double, from hip: Point) -> [Point] {
      let swing = 0.5 * effort * sin(angle)
      let lift = 0.85 * effort * max(0, cos(angle))
      let knee = hip + Point(sin(swing), cos(swing)) * 0.245
      let ankle = knee + Point(sin(swing - lift), cos(swing - lift)) * 0.235
      return [hip, knee, ankle]
    }
    func arm(_ angle: Double, from shoulder: Point) -> [Point] {
      let swing = 0.55 * effort * sin(angle)
      let bend = 0.15 + 0.35 * effort
      let elbow = shoulder + Point(sin(swing), cos(swing)) * 0.17
      return [shoulder, elbow, elbow + Point(sin(swing + bend), cos(swing + bend)) * 0.16]
    }
    // The hip sinks as the legs spread, so that the lower foot stays on the ground.
    let near = leg(angle, from: Point(0, 0))
    let far = leg(angle + .pi, from: Point(0, 0))
    let hip = Point(0, -0.03 - max(near[2].y, far[2].y))
    let shoulder = hip + Point(0.02 + 0.02 * effort, -0.315)
    let toe = Point(0.055, 0.008)
    drawArm(pen, arm(angle, from: shoulder), shade: 0.72)
    drawLeg(pen, far.map { $0 + hip }, toe: toe, shade: 0.72)
    drawLeg(pen, near.map { $0 + hip }, toe: toe, shade: 1)
    let width = 0.155 * girth
    if outfit.hasBackpack {
      pen.litBlob(
        [
          shoulder + Point(-0.05, -0.01), shoulder + Point(-0.15, 0.03),
          shoulder + Point(-0.16, 0.2), shoulder + Point(-0.05, 0.24),
        ], outfit.bag, top: shoulder.y, bottom: shoulder.y + 0.24)
    }
    pen.limb([shoulder + Point(0, 0.045), hip + Point(0, -0.01)], width: width, outfit.top)
    if outfit.hasSkirt { drawSkirt(pen, hip, width: 0.1 * girth, flare: 0.16) }
    pen.limb(
      [shoulder + Point(-0.03, 0.05), hip + Point(-0.03, -0.03)], width: width * 0.35,
      outfit.top.shaded(0.85))
    drawArm(pen, arm(angle + .pi, from: shoulder + Point(0, 0.015)), shade: 1)
    drawHead(pen, shoulder + Point(0.02, -0.105), faces: 1)
  }

  private func drawFacing(_ pen: Pen, _ angle: Double, _ effort: Double, front: Bool) {
    let hip = Point(0, -0.485)
    let shoulder = Point(0, -0.8)
    let half = 0.115 * girth
    for side in [-1.0, 1.0] {
      // The foot that swings forward comes nearer, and so lower on the picture.
      let step = effort * sin(angle) * side
      let foot = Point(side * 0.055, -0.03 - 0.05 * max(0, step))
      let knee = Point(side * 0.062, -0.26 - 0.03 * max(0, step))
      drawLeg(
        pen, [hip + Point(side * 0.05, 0.01), knee, foot], toe: Point(0, 0.012),
        shade: step > 0 ? 0.82 : 1)
    }
    for side in [-1.0, 1.0] {
      let step = -effort * sin(angle) * side
      let elbow = Point(side * (half + 0.05), -0.64)
      let hand = Point(side * (half + 0.05 - 0.02 * max(0, step)), -0.49 - 0.05 * max(0, step))
      drawArm(pen, [shoulder + Point(side * half, 0.03), elbow, hand], shade: 0.88)
    }
    pen.litBlob(
      [
        Point(-half - 0.02, -0.79), Point(0, -0.83), Point(half + 0.02, -0.79),
        Point(half * 0.95, -0.6), Point(half * 0.95, -0.46), Point(-half * 0.95, -0.46),
        Point(-half * 0.95, -0.6),
      ], outfit.top, top: -0.83, bottom: -0.4)
    if outfit.hasSkirt { drawSkirt(pen, hip, width: half * 0.9, flare: 0.16) }
    if outfit.hasBackpack, !front {
      pen.litRectangle(-0.085, -0.8, 0.17, 0.24, outfit.bag, radius: 0.04)
    } else if front, outfit.hasOpenCoat {
      pen.rectangle(-0.022, -0.8, 0.044, 0.33, outfit.trousers.shaded(1.3))
    }
    drawHead(pen, Point(0, -0.915), faces: front ? 0 : -1)
  }

  private func drawLeg(_ pen: Pen, _ points: [Point], toe: Point, shade: Double) {
    let bare = outfit.hasSkirt || outfit.hasShorts
    let colour = bare ? outfit.skin : outfit.trousers
    pen.limb(points, width: bare ? 0.06 : 0.078, colour.shaded(shade))
    if outfit.hasShorts {
      pen.limb([points[0], points[1]], width: 0.095, outfit.trousers.shaded(shade))
    }
    pen.limb([points[2], points[2] + toe], width: 0.05, outfit.shoes.shaded(shade))
  }

  private func drawArm(_ pen: Pen, _ points: [Point], shade: Double) {
    let sleeve = outfit.hasShortSleeves ? outfit.skin : outfit.top
    pen.limb(points, width: 0.056, sleeve.shaded(shade * 0.92))
    pen.limb([points[0], points[1]], width: 0.062, outfit.top.shaded(shade * 0.92))
    pen.circle(points[2].x, points[2].y, 0.03, outfit.skin.shaded(shade))
  }

  private func drawSkirt(_ pen: Pen, _ hip: Point, width: Double, flare: Double) {
    pen.litPolygon(
      [
        hip + Point(-width, -0.05), hip + Point(width, -0.05), hip + Point(flare, 0.2),
        hip + Point(-flare, 0.2),
      ], outfit.trousers, top: hip.y - 0.05, bottom: hip.y + 0.2)
  }

  private func drawHead(_ pen: Pen, _ centre: Point, faces: Double) {
    outfit.drawHead(pen, centre, faces: faces)
  }
}
