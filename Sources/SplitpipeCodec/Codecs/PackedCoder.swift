package import SplitpipeCore

extension CodecDefinition {
  /// b bits per code, nothing else.
  static let packed = CodecDefinition(
    name: "packed", wireIdentifier: 2, coding: .tensors(PackedCoder()))
}

extension CodecName {
  /// The bits of each code and no more.
  public static let packed = CodecName(.packed)
}

/// `packed`: the range, then b bits per code in NCHW order, most significant bit first, the last
/// byte padded with zero bits.
package struct PackedCoder: TensorCoder {
  package init() {}

  package func encode(_ tensor: QuantizedTensor) -> [UInt8] {
    let width = tensor.bits.bits
    let codes = tensor.codes
    let prefix = tensor.ranges.count * RangePrefix.size
    let size = prefix + (codes.count * width + 7) / 8
    // Every group of eight codes is stored as a whole word: seven bytes more than may be needed.
    return unsafe [UInt8](unsafeUninitializedCapacity: size + 8) { bytes, count in
      let raw = UnsafeMutableRawBufferPointer(bytes)
      _ = unsafe RangePrefix.write(tensor, to: raw)
      if let base = raw.baseAddress {
        unsafe codes.withUnsafeBytes {
          unsafe Self.pack($0, width: width, to: base + prefix)
        }
      }
      count = size
    }
  }

  package func decode(
    _ payload: [UInt8], of tensor: TensorDescription, bits: BitDepth, ranges layout: RangeLayout
  ) throws(SplitpipeError) -> QuantizedTensor {
    let (ranges, start) = try RangePrefix.read(payload, of: tensor, layout: layout)
    let count = tensor.shape.count
    let width = bits.bits
    let (used, overflow) = count.multipliedReportingOverflow(by: width)
    let found = payload.count - start
    guard !overflow, found == used / 8 + (used % 8 == 0 ? 0 : 1) else {
      throw .badPayload(tensor, "expected \(width) bits for each code, found \(found) bytes")
    }
    if used % 8 != 0, payload[payload.count - 1] & (0xFF >> UInt8(used % 8)) != 0 {
      throw .badPayload(tensor, "expected zero bits after the last code, found others")
    }
    let codes = unsafe [UInt8](unsafeUninitializedCapacity: count) { codes, initialized in
      unsafe payload.withUnsafeBytes { bytes in
        unsafe Self.unpack(
          bytes, from: start, width: width, to: UnsafeMutableRawBufferPointer(codes))
      }
      initialized = count
    }
    return QuantizedTensor(
      name: tensor.name, shape: tensor.shape, bits: bits, ranges: ranges, codes: codes)
  }

  /// Writes `width` bits per code; the output has eight bytes of room after the last one.
  private static func pack(
    _ codes: UnsafeRawBufferPointer, width: Int, to output: UnsafeMutableRawPointer
  ) {
    let lanes = Lanes(width: width)
    let room = 64 - 8 * width
    var offset = 0
    let whole = codes.count & ~7
    guard let base = codes.baseAddress else { return }
    for i in stride(from: 0, to: whole, by: 8) {
      let word = lanes.joined(unsafe base.bigEndianWord(at: i))
      unsafe output.storeBigEndian(word &<< room, at: offset)
      offset += width
    }
    guard whole < codes.count else { return }
    var last: UInt64 = 0
    for i in whole..<whole + 8 {
      last = last << 8 | (i < codes.count ? unsafe UInt64(codes[i]) : 0)
    }
    unsafe output.storeBigEndian(lanes.joined(last) &<< room, at: offset)
  }

  /// Reads one code per byte of `codes`; the payload has exactly the bytes they take.
  private static func unpack(
    _ payload: UnsafeRawBufferPointer, from start: Int, width: Int,
    to codes: UnsafeMutableRawBufferPointer
  ) {
    let lanes = Lanes(width: width)
    let room = 64 - 8 * width
    var offset = start
    var i = 0
    if let input = payload.baseAddress, let output = codes.baseAddress {
      while i + 8 <= codes.count, offset + 8 <= payload.count {
        let word = unsafe input.bigEndianWord(at: offset) &>> room
        unsafe output.storeBigEndian(lanes.split(word), at: i)
        i += 8
        offset += width
      }
    }
    var window: UInt64 = 0
    var available = 0
    while i < codes.count {
      while available < width {
        window = window << 8 | UInt64(unsafe payload[offset])
        offset += 1
        available += 8
      }
      available -= width
      unsafe codes[i] = UInt8(truncatingIfNeeded: window >> available) & UInt8(1 << width - 1)
      i += 1
    }
  }
}
