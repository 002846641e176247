/// A colour of the screen, red, green and blue from 0 to 1.
struct Colour: Sendable, Equatable {
  var red: Double
  var green: Double
  var blue: Double

  init(_ red: Double, _ green: Double, _ blue: Double) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// From three bytes, as 0xRRGGBB.
  init(_ hex: UInt32) {
    self.init(
      Double(hex >> 16 & 255) / 255, Double(hex >> 8 & 255) / 255, Double(hex & 255) / 255)
  }

  static let black = Colour(0x14_1416)
  static let white = Colour(0xF2_F2EE)

  /// Darker for a factor below 1, lighter above.
  func shaded(_ factor: Double) -> Colour {
    factor <= 1
      ? Colour(red * factor, green * factor, blue * factor)
      : mixed(with: Colour(1, 1, 1), min(1, factor - 1))
  }

  /// This colour at share 0, the other at share 1.
  func mixed(with other: Colour, _ share: Double) -> Colour {
    Colour(
      red + (other.red - red) * share, green + (other.green - green) * share,
      blue + (other.blue - blue) * share)
  }

  /// A colour near this one.
  func varied(_ dice: inout Dice, by amount: Double = 0.06) -> Colour {
    func vary(_ value: Double, _ offset: Double) -> Double { min(1, max(0, value + offset)) }
    let light = dice.between(-amount, amount)
    return Colour(
      vary(red, light + dice.between(-amount, amount) / 2),
      vary(green, light + dice.between(-amount, amount) / 2),
      vary(blue, light + dice.between(-amount, amount) / 2))
  }
}

/// A place, in whatever unit is being drawn in; y grows downwards.
struct Point: Sendable, Equatable {
  var x: Double
  var y: Double

  init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  static func + (left: Point, right: Point) -> Point { Point(left.x + right.x, left.y + right.y) }
  static func - (left: Point, right: Point) -> Point { Point(left.x - right.x, left.y - right.y) }
  static func * (point: Point, factor: Double) -> Point {
    Point(point.x * factor, point.y * factor)
  }
}
