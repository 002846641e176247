/// What a person wears and looks like.
struct Outfit: Sendable {
  enum Hair: Sendable { case short, long, bald, cap, hat }

  var skin: Colour
  var hair: Colour
  var top: Colour
  var trousers: Colour
  var shoes: Colour
  var bag: Colour
  var hairdo: Hair
  var hasSkirt: Bool
  var hasShorts: Bool
  var hasShortSleeves: Bool
  var hasBackpack: Bool
  var hasOpenCoat: Bool

  private static let skins: [Colour] = [0xF0C9A8, 0xE3B08A, 0xC98F66, 0x9A6440, 0x6B432C].map {
    Colour($0)
  }
  private static let hairs: [Colour] = [0x2A1E17, 0x14110F, 0x5B3A20, 0xB98B4A, 0x8D8A86].map {
    Colour($0)
  }
  private static let tops: [Colour] = [
    0xC0392B, 0x2E6DB4, 0x2F7D46, 0xE2B93B, 0xE8E6E0, 0x2B2E35, 0x7B4FA0, 0xDB7B2B, 0x4FA3A5,
    0xC76A92, 0x6C7A89, 0x7A5230,
  ].map { Colour($0) }
  private static let bottoms: [Colour] = [
    0x23283A, 0x2F4A78, 0x1D1D20, 0x6B6256, 0x8A8D92, 0x3C4A36, 0x5A2E2E, 0xB9AE97,
  ].map { Colour($0) }

  init(_ dice: inout Dice) {
    skin = dice.pick(Self.skins).varied(&dice, by: 0.03)
    hair = dice.pick(Self.hairs).varied(&dice, by: 0.03)
    top = dice.pick(Self.tops).varied(&dice)
    trousers = dice.pick(Self.bottoms).varied(&dice)
    shoes = dice.chance(0.3) ? Colour.white : Colour(0x22_1E1C)
    bag = dice.pick(Self.tops).shaded(0.8)
    hairdo = dice.pick([.short, .short, .long, .long, .bald, .cap, .hat])
    hasSkirt = dice.chance(0.18)
    hasShorts = !hasSkirt && dice.chance(0.15)
    hasShortSleeves = dice.chance(0.4)
    hasBackpack = dice.chance(0.25)
    hasOpenCoat = dice.chance(0.4)
  }

  /// A head of radius 0.07 at `centre`, in units of the person's height; it looks to the right
  /// (`faces` 1), at the camera (0) or away (−1).
  func drawHead(_ pen: Pen, _ centre: Point, faces: Double) {
    let x = centre.x
    let y = centre.y
    let isSide = faces > 0
    if hairdo == .long {
      pen.ellipse(x - (isSide ? 0.022 : 0), y + 0.022, isSide ? 0.062 : 0.078, 0.098, hair)
    }
    pen.limb(
      [Point(x - 0.008, y + 0.04), Point(x - 0.012, y + 0.1)], width: 0.055, skin.shaded(0.85))
    pen.ellipse(x, y, 0.06, 0.073, skin)
    if isSide { pen.circle(x + 0.058, y + 0.012, 0.013, skin) }
    switch hairdo {
    case .bald:
      if faces < 0 { pen.ellipse(x, y + 0.02, 0.062, 0.03, hair) }
    case .short, .long:
      if faces < 0 {
        pen.ellipse(x, y - 0.008, 0.066, 0.074, hair)
      } else {
        pen.blob(
          [
            Point(x - 0.066, y + 0.025), Point(x - 0.066, y - 0.035), Point(x - 0.02, y - 0.082),
            Point(x + 0.045, y - 0.066), Point(x + 0.062, y - 0.022),
            Point(x + (isSide ? 0 : 0.02), y - 0.038),
            Point(x - (isSide ? 0.028 : 0.045), y - 0.02),
          ], hair)
      }
    case .cap, .hat:
      let colour = bag.shaded(1.1)
      if hairdo == .hat {
        pen.limb([Point(x - 0.1, y - 0.035), Point(x + 0.1, y - 0.035)], width: 0.024, colour)
        pen.rectangle(x - 0.06, y - 0.105, 0.12, 0.07, colour, radius: 0.025)
      } else {
        pen.clipped(
          to: [
            Point(x - 0.1, y - 0.2), Point(x + 0.2, y - 0.2), Point(x + 0.2, y - 0.022),
            Point(x - 0.1, y - 0.022),
          ]
        ) { pen.ellipse(x, y - 0.012, 0.067, 0.075, colour) }
        if isSide {
          pen.limb([Point(x + 0.03, y - 0.03), Point(x + 0.098, y - 0.027)], width: 0.017, colour)
        }
      }
    }
    if faces == 0 {
      for side in [-1.0, 1.0] { pen.circle(x + side * 0.024, y + 0.004, 0.009, Colour.black) }
    }
  }
}
