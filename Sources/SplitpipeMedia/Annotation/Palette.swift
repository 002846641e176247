/// Colours of classes, apart for every kind of colour vision: those of Okabe and Ito (2008) without
/// black, the same class always the same colour.
struct Colour: Hashable, Sendable {
  var red: Double
  var green: Double
  var blue: Double

  private init(_ red: Int, _ green: Int, _ blue: Int) {
    self.red = Double(red) / 255
    self.green = Double(green) / 255
    self.blue = Double(blue) / 255
  }

  private static let palette = [
    Colour(230, 159, 0), Colour(86, 180, 233), Colour(0, 158, 115), Colour(240, 228, 66),
    Colour(0, 114, 178), Colour(213, 94, 0), Colour(204, 121, 167),
  ]
  static let black = Colour(0, 0, 0)
  static let white = Colour(255, 255, 255)

  static func ofClass(_ index: Int) -> Colour { palette[Int(index.magnitude % 7)] }

  /// Black or white, whichever reads better on this colour (luma of BT.601).
  var text: Colour { 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 ? .black : .white }
}
