/// A car seen from the front or the back.
struct CarFacing: Figure {
  var paint: Colour
  var isFront: Bool
  /// Metres.
  var width: Double
  var height: Double

  init(_ dice: inout Dice) {
    paint = dice.pick(Car.paints).varied(&dice, by: 0.04)
    isFront = dice.chance(0.55)
    width = dice.between(1.75, 1.95)
    height = dice.between(1.42, 1.8)
  }

  var kind: ObjectClass? { .car }
  var extent: Extent { Extent(back: 1.2, front: 1.2, height: height + 0.1, base: 1) }

  func draw(_ pen: Pen, motion: Motion) {
    let half = width / 2
    let belt = -0.6 * height
    for side in [-1.0, 1.0] {
      pen.rectangle(
        side * (half - 0.16) - 0.13, -0.42, 0.26, 0.42, Colour(0x17_1719), radius: 0.07)
      pen.rectangle(
        side * (half + 0.06) - 0.09, belt - 0.1, 0.18, 0.14, paint.shaded(0.75), radius: 0.05)
    }
    pen.rectangle(-half + 0.1, -0.36, width - 0.2, 0.16, Colour.black)
    let cabin = [
      Point(-half + 0.05, belt + 0.05), Point(-half + 0.22, -height + 0.1),
      Point(-half + 0.36, -height), Point(half - 0.36, -height), Point(half - 0.22, -height + 0.1),
      Point(half - 0.05, belt + 0.05),
    ]
    pen.litPolygon(cabin, paint.shaded(0.95), top: -height, bottom: belt)
    let glass = [
      Point(-half + 0.17, belt + 0.01), Point(-half + 0.31, -height + 0.13),
      Point(half - 0.31, -height + 0.13), Point(half - 0.17, belt + 0.01),
    ]
    pen.litPolygon(glass, Car.glass, top: -height, bottom: belt)
    pen.clipped(to: glass) {
      pen.polygon(
        [
          Point(-0.35, belt + 0.1), Point(-0.05, -height), Point(0.15, -height),
          Point(-0.15, belt + 0.1),
        ], Colour(0x9F_B4C0), alpha: 0.5)
    }
    pen.litRectangle(-half, belt, width, -belt - 0.24, paint, radius: 0.14)
    let lamp = isFront ? Colour(0xF7_F2D4) : Colour(0xC2_1A18)
    for side in [-1.0, 1.0] {
      pen.rectangle(
        side * (half - 0.24) - 0.17, belt + 0.14, 0.34, 0.16, lamp, radius: 0.06)
    }
    if isFront {
      pen.rectangle(-0.42, belt + 0.16, 0.84, 0.17, Colour(0x1D_1E21), radius: 0.05)
    } else {
      pen.limb(
        [Point(-half + 0.2, belt + 0.1), Point(half - 0.2, belt + 0.1)], width: 0.025,
        paint.shaded(0.6))
    }
    pen.rectangle(-half + 0.04, -0.42, width - 0.08, 0.16, paint.shaded(0.55), radius: 0.06)
    pen.rectangle(-0.26, -0.44, 0.52, 0.13, Colour(0xEC_E9DA))
  }
}
