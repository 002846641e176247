import Glibc

/// A bicycle from the side; who rides it is a figure of their own.
struct Bicycle: Figure {
  var colour: Colour
  var tyre: Colour
  /// 0.9…1.1 of the size of an adult's.
  var scale: Double
  var hasLowFrame: Bool
  var hasBasket: Bool
  var hasMudguards: Bool

  static let wheelRadius = 0.345
  static let pedalAxle = Point(-0.06, -0.29)
  static let saddle = Point(-0.24, -0.93)
  static let grip = Point(0.36, -0.98)

  private static let colours: [Colour] = [
    0xD0312D, 0x1F6FC4, 0x1F8A4C, 0xF0C330, 0x202226, 0xE9E9E4, 0xE77C22, 0x49B6C4,
  ].map { Colour($0) }

  init(_ dice: inout Dice) {
    colour = dice.pick(Self.colours).varied(&dice)
    tyre = Colour(0x17_1719).varied(&dice, by: 0.03)
    scale = dice.between(0.95, 1.12)
    hasLowFrame = dice.chance(0.35)
    hasBasket = dice.chance(0.3)
    hasMudguards = dice.chance(0.4)
  }

  var kind: ObjectClass? { .bicycle }
  var extent: Extent { Extent(back: scale, front: scale, height: 1.25 * scale, base: 0.85) }

  func draw(_ pen: Pen, motion: Motion) {
    let turn = motion.distance / (Self.wheelRadius * scale)
    pen.placed(scaleX: scale, scaleY: scale) { drawUpright(pen, turn) }
  }

  private func drawUpright(_ pen: Pen, _ turn: Double) {
    let rear = Point(-0.53, -Self.wheelRadius)
    let fore = Point(0.53, -Self.wheelRadius)
    let metal = Colour(0xA9_ACB0)
    for hub in [rear, fore] {
      for spoke in 0..<5 {
        let angle = turn + Double(spoke) * .pi / 5
        let arm = Point(cos(angle), sin(angle)) * (Self.wheelRadius - 0.04)
        pen.limb([hub - arm, hub + arm], width: 0.011, metal)
      }
      pen.ring(hub.x, hub.y, Self.wheelRadius - 0.065, width: 0.02, metal)
      pen.ring(hub.x, hub.y, Self.wheelRadius - 0.032, width: 0.064, tyre)
      pen.circle(hub.x, hub.y, 0.045, tyre)
    }
    let axle = Self.pedalAxle
    let seat = Point(-0.21, -0.82)
    let head = Point(0.37, -0.84)
    let width = 0.05
    if hasMudguards {
      for hub in [rear, fore] {
        let arc = (0...6).map { step in
          let angle = Double.pi * (1.12 + 0.72 * Double(step) / 6)
          return hub + Point(cos(angle), sin(angle)) * (Self.wheelRadius + 0.035)
        }
        pen.limb(arc, width: 0.035, colour.shaded(0.85))
      }
    }
    pen.limb([rear, axle], width: width * 0.8, colour.shaded(0.85))
    pen.limb([rear, seat], width: width * 0.7, colour.shaded(0.85))
    pen.limb([axle, seat], width: width, colour)
    pen.limb([axle, head + Point(0.02, 0.1)], width: width, colour)
    if hasLowFrame {
      pen.limb([Point(-0.14, -0.52), head + Point(0.01, 0.04)], width: width * 0.9, colour)
    } else {
      pen.limb([seat + Point(0.01, 0.05), head], width: width, colour)
    }
    pen.limb([head, fore], width: width, colour.shaded(0.9))
    pen.limb([head, Point(0.34, -0.98)], width: width * 0.8, metal)
    pen.limb(
      [Point(0.28, -0.98), Self.grip, Point(0.45, -0.95)], width: 0.05, Colour(0x22_2224))
    pen.limb([seat, Point(-0.23, -0.92)], width: width * 0.7, metal)
    pen.limb([Point(-0.36, -0.935), Point(-0.13, -0.925)], width: 0.075, Colour(0x26_201C))
    if hasBasket {
      pen.litPolygon(
        [Point(0.42, -0.92), Point(0.74, -0.92), Point(0.69, -0.7), Point(0.46, -0.7)],
        Colour(0x8A_6A43), top: -0.92, bottom: -0.7)
    }
    pen.ring(axle.x, axle.y, 0.08, width: 0.03, metal.shaded(0.6))
    let crank = Point(cos(turn * 0.45), sin(turn * 0.45)) * 0.16
    pen.limb([axle - crank, axle + crank], width: 0.035, metal.shaded(0.6))
  }
}

/// Who rides a bicycle.
struct Rider: Figure {
  var outfit: Outfit
  var bicycle: Bicycle

  init(_ dice: inout Dice, on bicycle: Bicycle) {
    outfit = Outfit(&dice)
    outfit.hasSkirt = false
    self.bicycle = bicycle
  }

  var kind: ObjectClass? { .person }
  var extent: Extent { Extent(back: 1, front: 1, height: 2.1 * bicycle.scale, base: 0) }

  func draw(_ pen: Pen, motion: Motion) {
    let turn = motion.distance / (Bicycle.wheelRadius * bicycle.scale) * 0.45
    pen.placed(scaleX: bicycle.scale, scaleY: bicycle.scale) {
      let hip = Bicycle.saddle + Point(0.01, -0.06)
      let shoulder = Point(0.06, -1.44)
      let crank = Point(cos(turn), sin(turn)) * 0.16
      drawLeg(pen, hip, Bicycle.pedalAxle - crank, shade: 0.72)
      drawArm(pen, shoulder, shade: 0.72)
      if outfit.hasBackpack {
        pen.litBlob(
          [Point(-0.06, -1.46), Point(-0.24, -1.38), Point(-0.33, -1.08), Point(-0.2, -1.06)],
          outfit.bag, top: -1.46, bottom: -1.05)
      }
      pen.limb([hip + Point(0.01, -0.03), shoulder], width: 0.25, outfit.top)
      drawLeg(pen, hip, Bicycle.pedalAxle + crank, shade: 1)
      drawArm(pen, shoulder + Point(0, 0.03), shade: 0.95)
      pen.placed(x: 0.14, y: -1.68, scaleX: 1.75, scaleY: 1.75) {
        outfit.drawHead(pen, Point(0, 0), faces: 1)
      }
    }
  }

  private func drawLeg(_ pen: Pen, _ hip: Point, _ foot: Point, shade: Double) {
    let points = jointed(from: hip, to: foot + Point(-0.03, -0.06), part: 0.44, bend: 1)
    pen.limb(points, width: 0.125, outfit.trousers.shaded(shade))
    if outfit.hasShorts {
      pen.limb([points[1], points[2]], width: 0.1, outfit.skin.shaded(shade))
    }
    pen.limb([points[2], points[2] + Point(0.1, 0.02)], width: 0.085, outfit.shoes.shaded(shade))
  }

  private func drawArm(_ pen: Pen, _ shoulder: Point, shade: Double) {
    let points = jointed(from: shoulder, to: Bicycle.grip, part: 0.29, bend: -1)
    let colour = outfit.hasShortSleeves ? outfit.skin : outfit.top
    pen.limb(points, width: 0.09, colour.shaded(shade * 0.9))
    pen.limb([points[0], points[1]], width: 0.1, outfit.top.shaded(shade * 0.9))
    pen.circle(points[2].x, points[2].y, 0.05, outfit.skin.shaded(shade))
  }
}
