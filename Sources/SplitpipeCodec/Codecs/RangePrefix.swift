import SplitpipeCore

/// The ranges in front of the codes: minimum and maximum, float32 little-endian, for each tensor or
/// for each of its channels.
enum RangePrefix {
  /// Bytes of one range.
  static let size = 8

  /// Writes the ranges of a tensor; returns the bytes taken.
  ///
  /// - Precondition: there is room.
  static func write(_ tensor: QuantizedTensor, to bytes: UnsafeMutableRawBufferPointer) -> Int {
    var offset = 0
    for range in tensor.ranges {
      for bound in [range.minimum, range.maximum] {
        unsafe bytes.storeBytes(
          of: bound.bitPattern.littleEndian, toByteOffset: offset, as: UInt32.self)
        offset += 4
      }
    }
    return offset
  }

  /// The ranges of a tensor as bytes.
  static func bytes(_ tensor: QuantizedTensor) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: tensor.ranges.count * size) { bytes, count in
      count = unsafe write(tensor, to: UnsafeMutableRawBufferPointer(bytes))
    }
  }

  /// Reads the ranges of a tensor that start at an offset.
  ///
  /// - Returns: the ranges and the offset after them.
  /// - Throws: bad data if there are too few bytes or a range is not a finite one.
  static func read(
    _ payload: [UInt8], at start: Int = 0, of tensor: TensorDescription, layout: RangeLayout
  ) throws(SplitpipeError) -> (ranges: [CodeRange], end: Int) {
    let count = layout.count(tensor.shape)
    guard payload.count - start >= count * size else {
      throw .badPayload(
        tensor, "expected at least \(count * size) bytes of range, found \(payload.count - start)")
    }
    func float(at offset: Int) -> Float {
      let pattern = (0..<4).reduce(UInt32(0)) { $0 | UInt32(payload[offset + $1]) << ($1 * 8) }
      return Float(bitPattern: pattern)
    }
    var ranges: [CodeRange] = []
    ranges.reserveCapacity(count)
    for offset in stride(from: start, to: start + count * size, by: size) {
      let range = CodeRange(minimum: float(at: offset), maximum: float(at: offset + 4))
      guard range.minimum <= range.maximum, range.isFinite else {
        throw .badPayload(
          tensor,
          "expected a minimum not above a maximum, found \(range.minimum) and \(range.maximum)")
      }
      ranges.append(range)
    }
    return (ranges, start + count * size)
  }
}
