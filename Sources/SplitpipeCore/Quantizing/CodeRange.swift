/// The values that the lowest and the highest code stand for.
public struct CodeRange: Hashable, Sendable {
  /// What code 0 stands for.
  public let minimum: Float
  /// What the highest code stands for.
  public let maximum: Float

  /// Joins two bounds.
  public init(minimum: Float, maximum: Float) {
    self.minimum = minimum
    self.maximum = maximum
  }

  /// Maximum less minimum, in float32; infinite where that cannot hold it.
  public var width: Float { maximum - minimum }

  /// Whether codes can be taken of it: its bounds and its width are numbers that float32 can hold.
  public var isFinite: Bool { width.isFinite && minimum.isFinite }
}

extension CodeRange {
  /// The lowest and the highest of the values, in one vectorised pass; nil if one of them is a NaN
  /// or an infinity. The width may be more than float32 can hold.
  ///
  /// - Precondition: there is at least one value.
  package init?(of values: UnsafeBufferPointer<Float>) {
    let bytes = UnsafeRawBufferPointer(values)
    var lows = SIMD16<Float>(repeating: .infinity)
    var highs = SIMD16<Float>(repeating: -.infinity)
    // x · 0 is 0 for a finite x and NaN otherwise, and a NaN stays in a sum.
    var poisons = SIMD16<Float>(repeating: 0)
    let whole = values.count & ~15
    for index in stride(from: 0, to: whole, by: 16) {
      let x = unsafe bytes.loadUnaligned(fromByteOffset: index * 4, as: SIMD16<Float>.self)
      lows.replace(with: x, where: x .< lows)
      highs.replace(with: x, where: x .> highs)
      poisons += x * 0
    }
    var (low, high, poison) = (lows.min(), highs.max(), poisons.sum())
    for index in whole..<values.count {
      let x = unsafe values[index]
      low = x < low ? x : low
      high = x > high ? x : high
      poison += x * 0
    }
    guard poison == 0 else { return nil }
    self.init(minimum: low, maximum: high)
    self = withoutNegativeZero
  }

  /// The same with 0 for −0, so that the bytes sent do not depend on which zero came first.
  package var withoutNegativeZero: CodeRange {
    CodeRange(minimum: minimum + 0, maximum: maximum + 0)
  }
}

/// How many ranges the codes of a tensor have.
public enum RangeLayout: Hashable, Sendable {
  /// One for all codes.
  case tensor
  /// One for each channel.
  case channel

  /// The number of ranges of a tensor of this shape.
  public func count(_ shape: Shape) -> Int {
    switch self {
    case .tensor: 1
    case .channel: shape.channels
    }
  }
}

extension Shape {
  /// Channels of a picture-like tensor: the extent of the axis before the last two; 1 where there
  /// is none, as for the one-dimensional output of a classifier.
  public var channels: Int { rank < 3 ? 1 : dimensions[rank - 3] }

  /// Elements of one channel of one picture, which lie side by side.
  public var planeCount: Int {
    rank < 3 ? count : dimensions[rank - 2] * dimensions[rank - 1]
  }
}
