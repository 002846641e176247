import SplitpipeCore

/// Smooth random functions of the plane, for what surfaces are made of.
struct Grain: Sendable {
  private let seed: UInt64

  init(_ dice: inout Dice) { seed = dice.next() }

  /// The same number in 0..<1 for the same cell.
  func cell(_ x: Int, _ y: Int) -> Double {
    let key = UInt64(bitPattern: Int64(x)) &* 0x9E37_79B9_7F4A_7C15
    let other = UInt64(bitPattern: Int64(y)) &* 0xC2B2_AE3D_27D4_EB4F
    return SplitMix64.unit(SplitMix64.mix(seed ^ key &+ other))
  }

  /// Random numbers at whole coordinates, smoothly joined: −1…1 with a feature size of 1.
  func smooth(_ x: Double, _ y: Double) -> Double {
    let left = x.rounded(.down)
    let top = y.rounded(.down)
    let column = Int(left)
    let row = Int(top)
    let u = (x - left) * (x - left) * (3 - 2 * (x - left))
    let v = (y - top) * (y - top) * (3 - 2 * (y - top))
    let upper = cell(column, row) * (1 - u) + cell(column + 1, row) * u
    let lower = cell(column, row + 1) * (1 - u) + cell(column + 1, row + 1) * u
    return (upper * (1 - v) + lower * v) * 2 - 1
  }

  /// Three octaves of `smooth`, the finer the weaker: −1…1.
  func rough(_ x: Double, _ y: Double) -> Double {
    (smooth(x, y) * 4 + smooth(x * 2.1 + 7, y * 2.1) * 2 + smooth(x * 4.3, y * 4.3 + 5)) / 7
  }
}
