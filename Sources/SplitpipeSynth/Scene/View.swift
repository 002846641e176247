import SplitpipeCore

/// How the ground lies in the picture: a fixed camera some metres above it that looks down a little.
///
/// The scene is laid out in units, 384 of which are the height of a frame whatever its size in
/// pixels. A metre on the ground is drawn the smaller the higher it lies in the picture.
struct View: Sendable {
  static let height = 384.0

  /// Units from the left to the right border.
  let width: Double
  /// Pixels per unit.
  let pixelsPerUnit: Double
  /// Where the ground would end, in units from the top.
  let horizon: Double
  /// Units per metre gained with each unit down.
  let growth: Double

  init(size: PixelSize, _ dice: inout Dice) {
    pixelsPerUnit = Double(size.height) / Self.height
    width = Double(size.width) / pixelsPerUnit
    horizon = dice.between(48, 72)
    growth = dice.between(0.172, 0.19)
  }

  /// Units per metre for what stands at the height `y` of the picture.
  func scale(at y: Double) -> Double { max(4, (y - horizon) * growth) }

  /// Metres to the right of the middle and away from the camera of a place on the ground.
  func ground(x: Double, y: Double) -> Point {
    let scale = scale(at: y)
    return Point((x - width / 2) / scale, 700 / scale)
  }
}
