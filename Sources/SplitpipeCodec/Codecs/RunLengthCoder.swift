package import SplitpipeCore

extension CodecDefinition {
  /// The run-length code of Carra and Neglia: b + 1 bits per value or run of zeros.
  static let rle = CodecDefinition(
    name: "rle", wireIdentifier: 1, coding: .tensors(RunLengthCoder()))
}

extension CodecName {
  /// The run-length code of Carra and Neglia.
  public static let rle = CodecName(.rle)
}

/// `rle`: the run-length code of Carra and Neglia, bit for bit as the contract fixes it.
///
/// The range, then codewords of b + 1 bits in NCHW order, most significant bit first: flag 0 and
/// the b bits of a non-zero code, or flag 1 and b bits of (run − 1) for 1…2^b zeros, longer runs cut
/// greedily; the last byte is padded with zero bits. Each tensor has exactly one such payload, and
/// decoding refuses every other: a value of zero, a run cut early, a run past the end, missing
/// codewords, padding that is not zero, bytes after the end.
package struct RunLengthCoder: TensorCoder {
  package init() {}

  package func encode(_ tensor: QuantizedTensor) -> [UInt8] {
    let codes = tensor.codes
    let width = tensor.bits.bits + 1
    // At worst a codeword per code; groups of eight codewords are stored with up to 8 bytes more.
    let prefix = tensor.ranges.count * RangePrefix.size
    let capacity = prefix + (codes.count + 7) / 8 * width + 8
    return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { bytes, count in
      let raw = UnsafeMutableRawBufferPointer(bytes)
      count = unsafe RangePrefix.write(tensor, to: raw)
      guard let base = raw.baseAddress else { return }
      unsafe codes.withUnsafeBufferPointer { codes in
        count += unsafe RunLengthWriter.write(
          codes, bits: tensor.bits.bits, to: base + prefix)
      }
    }
  }

  package func decode(
    _ payload: [UInt8], of tensor: TensorDescription, bits: BitDepth, ranges layout: RangeLayout
  ) throws(SplitpipeError) -> QuantizedTensor {
    let (ranges, start) = try RangePrefix.read(payload, of: tensor, layout: layout)
    let count = tensor.shape.count
    // A codeword holds at most 2^b codes: refuse a short payload before memory is taken for it.
    let fewest = count / bits.levels + (count % bits.levels == 0 ? 0 : 1)
    guard (payload.count - start) * 8 / (bits.bits + 1) >= fewest else {
      throw .badPayload(tensor, RunLengthFault.missing.text)
    }
    var fault: RunLengthFault?
    let codes = unsafe [UInt8](unsafeUninitializedCapacity: count) { codes, initialized in
      unsafe codes.initialize(repeating: 0)
      initialized = count
      unsafe payload.withUnsafeBytes { bytes in
        var reader = unsafe RunLengthReader(bytes, from: start, bits: bits.bits)
        fault = unsafe reader.read(into: codes)
      }
    }
    if let fault { throw .badPayload(tensor, fault.text) }
    return QuantizedTensor(
      name: tensor.name, shape: tensor.shape, bits: bits, ranges: ranges, codes: codes)
  }
}

/// Why bytes are not the run-length code of a tensor.
enum RunLengthFault {
  case missing, pastEnd, zeroValue, earlyCut, padding, trailing

  var text: String {
    switch self {
    case .missing: "expected more codewords, found the end"
    case .pastEnd: "expected the last run to end with the tensor, found a longer one"
    case .zeroValue: "expected zeros in runs, found a zero value"
    case .earlyCut: "expected runs as long as they can be, found one cut early"
    case .padding: "expected zero bits after the last codeword, found others"
    case .trailing: "expected the end after the last codeword, found more bytes"
    }
  }
}
