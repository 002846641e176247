/// The width of a quantized coefficient in bits, 2…8, or 32 for raw float32.
public struct BitDepth: Hashable, Sendable, CustomStringConvertible {
  /// The width.
  public let bits: Int

  /// Takes a width read from outside.
  ///
  /// nil unless `bits` is 2…8 or 32.
  public init?(_ bits: Int) {
    guard (2...8).contains(bits) || bits == 32 else { return nil }
    self.bits = bits
  }

  /// No quantization: float32 values travel.
  public static let float32: BitDepth = {
    guard let depth = BitDepth(32) else { preconditionFailure("32 is a valid depth") }
    return depth
  }()

  /// Whether values become codes.
  public var isQuantized: Bool { bits != 32 }
  /// The number of codes, 2^bits. Only for a quantized depth.
  public var levels: Int { 1 << bits }
  /// The width as a number.
  public var description: String { String(bits) }
}

/// Codes of one tensor, one byte each in NCHW order, with the ranges that restore them.
public struct QuantizedTensor: Sendable, Equatable {
  /// What the graph calls the tensor.
  public let name: String
  /// The extent of the tensor along each dimension.
  public let shape: Shape
  /// The width of a code.
  public let bits: BitDepth
  /// One range for all codes, or one for each channel.
  public let ranges: [CodeRange]
  /// The codes, row-major.
  public let codes: [UInt8]

  /// Joins codes and the ranges that restore them.
  ///
  /// - Precondition: `codes` holds `shape.count` codes, `ranges` one element or one for each
  ///   channel, and `bits` is a quantized depth.
  public init(
    name: String, shape: Shape, bits: BitDepth, ranges: [CodeRange], codes: [UInt8]
  ) {
    precondition(codes.count == shape.count, "one code per coefficient")
    precondition(
      ranges.count == 1 || ranges.count == shape.channels, "one range, or one per channel")
    precondition(bits.isQuantized, "codes have 2 to 8 bits")
    self.name = name
    self.shape = shape
    self.bits = bits
    self.ranges = ranges
    self.codes = codes
  }

  /// Codes over one range.
  ///
  /// - Precondition: `codes` holds `shape.count` codes and `bits` is a quantized depth.
  public init(
    name: String, shape: Shape, bits: BitDepth, minimum: Float, maximum: Float, codes: [UInt8]
  ) {
    self.init(
      name: name, shape: shape, bits: bits,
      ranges: [CodeRange(minimum: minimum, maximum: maximum)], codes: codes)
  }

  /// The lowest value a code can stand for.
  public var minimum: Float { ranges.reduce(.infinity) { min($0, $1.minimum) } }
  /// The highest value a code can stand for.
  public var maximum: Float { ranges.reduce(-.infinity) { max($0, $1.maximum) } }
}

/// What changed since the frame before, over all tensors of the frontier.
package struct TemporalChange: Sendable, Equatable {
  /// Range of x[t] − x[t−1] over the range of x[t], averaged over the tensors.
  package let rangeRatio: Double
  /// Share of coefficients whose code equals the one of the frame before (whose value, at 32 bits).
  package let unchangedFraction: Double

  package init(rangeRatio: Double, unchangedFraction: Double) {
    self.rangeRatio = rangeRatio
    self.unchangedFraction = unchangedFraction
  }
}
