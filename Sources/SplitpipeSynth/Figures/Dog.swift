import Glibc

/// A dog from the side.
struct Dog: Figure {
  var coat: Colour
  var second: Colour
  /// 0.9…1.25 of a dog 0.62 m high at the shoulder.
  var scale: Double
  var hasFloppyEars: Bool
  var hasPatches: Bool
  var hasCurledTail: Bool
  var collar: Colour?
  var phase: Double
  /// Length of the muzzle and the legs, 0.85…1.15.
  var build: Double

  private static let coats: [Colour] = [
    0x7A4A24, 0xC79A5B, 0x1E1B1A, 0xE6DFD2, 0x8C857C, 0xA85B28, 0x4A3424,
  ].map { Colour($0) }

  init(_ dice: inout Dice) {
    coat = dice.pick(Self.coats).varied(&dice, by: 0.04)
    second = dice.chance(0.5) ? Colour(0xEF_E9DF) : dice.pick(Self.coats).shaded(0.85)
    scale = dice.between(0.98, 1.32)
    hasFloppyEars = dice.chance(0.5)
    hasPatches = dice.chance(0.4)
    hasCurledTail = dice.chance(0.35)
    collar = dice.chance(0.6) ? dice.pick([0xD0312D, 0x2468B0, 0xE8C22E].map { Colour($0) }) : nil
    phase = dice.between(0, 2 * .pi)
    build = dice.between(0.88, 1.14)
  }

  var kind: ObjectClass? { .dog }
  var extent: Extent {
    Extent(back: 0.85 * scale, front: 0.95 * scale, height: 1.1 * scale, base: 0.45)
  }

  func draw(_ pen: Pen, motion: Motion) {
    let angle = phase + motion.distance / (0.75 * scale) * 2 * .pi
    pen.placed(scaleX: scale, scaleY: scale) { drawDog(pen, angle, motion) }
  }

  private func drawDog(_ pen: Pen, _ angle: Double, _ motion: Motion) {
    let bob = 0.015 * motion.effort * sin(2 * angle)
    let back = Point(-0.3, -0.5 * build + bob)
    let chest = Point(0.25, -0.5 * build + bob)
    drawLeg(pen, chest + Point(0.02, 0.02), angle + .pi, motion.effort, shade: 0.68, isHind: false)
    drawLeg(pen, back + Point(-0.01, 0), angle, motion.effort, shade: 0.68, isHind: true)
    let wag = 0.1 * sin(motion.seconds * 9 + phase)
    let tail =
      hasCurledTail
      ? [
        Point(-0.4, -0.06), Point(-0.52, -0.2), Point(-0.5, -0.36), Point(-0.38, -0.38),
        Point(-0.36, -0.28),
      ] : [Point(-0.4, -0.04), Point(-0.52, -0.12), Point(-0.64, -0.27 + wag)]
    pen.limb(tail.map { Point($0.x, $0.y + back.y) }, width: 0.07, coat)
    pen.litBlob(
      [
        back + Point(-0.12, -0.08), back + Point(0.1, -0.14), chest + Point(0, -0.15),
        chest + Point(0.16, -0.06), chest + Point(0.15, 0.1), chest + Point(-0.02, 0.16),
        back + Point(0.16, 0.08), back + Point(-0.06, 0.12), back + Point(-0.14, 0.04),
      ], coat, top: chest.y - 0.16, bottom: chest.y + 0.2)
    if hasPatches {
      pen.ellipse(back.x + 0.14, back.y - 0.04, 0.11, 0.075, second)
      pen.ellipse(chest.x + 0.06, chest.y + 0.06, 0.08, 0.08, second)
    }
    drawLeg(pen, chest + Point(0.05, 0.03), angle, motion.effort, shade: 1, isHind: false)
    drawLeg(pen, back + Point(0, 0.02), angle + .pi, motion.effort, shade: 1, isHind: true)
    drawHead(pen, chest + Point(0.3, -0.3 + 0.02 * sin(angle) * motion.effort), chest)
  }

  private func drawHead(_ pen: Pen, _ head: Point, _ chest: Point) {
    pen.limb([chest + Point(0.08, -0.06), head + Point(-0.06, 0.04)], width: 0.17, coat)
    if let collar {
      pen.limb(
        [chest + Point(0.12, -0.2), chest + Point(0.25, -0.1)], width: 0.04, collar)
    }
    if !hasFloppyEars {
      pen.polygon(
        [head + Point(-0.1, -0.05), head + Point(-0.085, -0.21), head + Point(0.02, -0.09)],
        coat.shaded(0.75))
    }
    pen.circle(head.x, head.y, 0.115, coat)
    let nose = head + Point(0.2 * build, 0.05)
    pen.limb([head + Point(0.05, 0.03), nose], width: 0.1, hasPatches ? second : coat.shaded(1.06))
    pen.circle(nose.x + 0.035, nose.y - 0.02, 0.03, Colour.black)
    pen.circle(head.x + 0.045, head.y - 0.03, 0.022, Colour.black)
    if hasFloppyEars {
      pen.blob(
        [
          head + Point(-0.03, -0.1), head + Point(-0.12, -0.04), head + Point(-0.12, 0.14),
          head + Point(-0.03, 0.06),
        ], coat.shaded(0.62))
    }
  }

  private func drawLeg(
    _ pen: Pen, _ hip: Point, _ angle: Double, _ effort: Double, shade: Double, isHind: Bool
  ) {
    let length = -hip.y - 0.035
    let lift = 0.09 * effort * max(0, cos(angle))
    let foot = Point(hip.x + (isHind ? -0.06 : 0.03) + 0.17 * effort * sin(angle), -0.035 - lift)
    let leg = jointed(from: hip, to: foot, part: length * 0.54, bend: isHind ? 1 : -0.8)
    let colour = coat.shaded(shade * 0.95)
    pen.limb([leg[0], leg[1]], width: isHind ? 0.14 : 0.11, colour)
    pen.limb([leg[1], leg[2]], width: 0.075, colour)
    pen.limb(
      [leg[2], leg[2] + Point(0.05, 0)], width: 0.065, hasPatches ? second.shaded(shade) : colour)
  }
}
