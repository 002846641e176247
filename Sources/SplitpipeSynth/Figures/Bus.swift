/// A city bus from the side.
struct Bus: Figure {
  var paint: Colour
  var stripe: Colour
  /// Metres.
  var length: Double
  var height: Double
  var windows: Int
  var doors: [Double]

  private static let paints: [Colour] = [
    0xC8251D, 0xE9B51E, 0x1D5FA8, 0x2B8A57, 0xECECE6, 0xD96A1C, 0x6A4FA0, 0x2A9AA5,
  ].map { Colour($0) }

  init(_ dice: inout Dice) {
    paint = dice.pick(Self.paints).varied(&dice, by: 0.04)
    stripe = dice.chance(0.5) ? Colour.white : dice.pick(Self.paints)
    length = dice.between(7.2, 9.4)
    height = dice.between(2.75, 3.05)
    windows = Int(length / 1.35)
    doors = dice.chance(0.5) ? [0.36, -0.05] : [0.36]
  }

  var kind: ObjectClass? { .bus }
  var extent: Extent {
    Extent(
      back: length / 2 + 0.15, front: length / 2 + 0.3, height: height + 0.25, base: length / 2)
  }

  func draw(_ pen: Pen, motion: Motion) {
    let half = length / 2
    let sill = -0.52 * height
    pen.rectangle(-half * 0.55, -height - 0.16, length * 0.3, 0.3, paint.shaded(0.7), radius: 0.06)
    pen.rectangle(-half + 0.1, -0.4, length - 0.2, 0.2, Colour.black)
    pen.litRectangle(-half, -height, length, height - 0.28, paint, radius: 0.22)
    pen.rectangle(-half, sill + 0.22, length, 0.2, stripe)
    let band = [
      Point(-half + 0.12, -0.88 * height), Point(half - 0.02, -0.88 * height),
      Point(half - 0.02, sill), Point(-half + 0.12, sill),
    ]
    pen.litPolygon(band, Car.glass, top: -0.9 * height, bottom: sill)
    let step = (length - 0.5) / Double(windows)
    for window in 0..<windows {
      let x = -half + 0.12 + step * Double(window)
      pen.polygon(
        [
          Point(x + step * 0.3, sill), Point(x + step * 0.55, -0.88 * height),
          Point(x + step * 0.8, -0.88 * height), Point(x + step * 0.55, sill),
        ], Colour(0x9F_B4C0), alpha: 0.35)
      pen.rectangle(x + step - 0.06, -0.88 * height, 0.1, -sill * 0.72, paint.shaded(0.7))
    }
    for door in doors {
      let x = door * length
      pen.rectangle(x - 0.5, -0.87 * height, 1.05, 0.87 * height - 0.38, paint.shaded(0.55))
      for leaf in [0.0, 0.5] {
        pen.rectangle(
          x - 0.44 + leaf, -0.83 * height, 0.42, 0.83 * height - 0.5, Colour(0x44_5662))
      }
    }
    // Where it goes, its lamps, its mirror.
    pen.rectangle(half - 1.55, -height + 0.06, 1.4, 0.22, Colour(0x15_1515))
    pen.rectangle(half - 1.45, -height + 0.11, 0.9, 0.12, Colour(0xF0_A528))
    pen.rectangle(half - 0.2, -0.3 * height, 0.18, 0.22, Colour(0xF7_F2D4), radius: 0.05)
    pen.rectangle(-half + 0.01, -0.34 * height, 0.13, 0.3, Colour(0xB8_1D1A), radius: 0.03)
    pen.limb(
      [Point(half - 0.1, -height + 0.25), Point(half + 0.17, -height + 0.35)], width: 0.06,
      Colour.black)
    pen.limb(
      [Point(half + 0.17, -height + 0.4), Point(half + 0.17, -height + 0.7)], width: 0.12,
      Colour.black)
    for x in [-0.29 * length, 0.24 * length] {
      pen.circle(x, -0.48, 0.58, Colour(0x0C_0C0E))
      Wheel.draw(
        pen, x, radius: 0.48, rim: Colour(0x9A_9C9F), turn: motion.distance / 0.48)
    }
  }
}
