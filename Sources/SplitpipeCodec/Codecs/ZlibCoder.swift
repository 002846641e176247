internal import CZlib
import SplitpipeCore

extension CodecDefinition {
  /// zlib over one byte per code of all tensors of a frame.
  static let zlib = CodecDefinition(
    name: "zlib", wireIdentifier: 5, levels: Levels(usual: 6, all: 1...9),
    coding: .frames(encoder: { ZlibEncoder(level: $0) }, decoder: { ZlibDecoder() }))
}

extension CodecName {
  /// Deflate, each frame by itself.
  public static let zlib = CodecName(.zlib)
}

/// `zlib`: one byte per code of all tensors in NCHW order as one zlib stream (RFC 1950); a rival to
/// measure against. Every frame stands alone.
struct ZlibEncoder: FrameCodesEncoder {
  /// 1, fastest, to 9, smallest.
  let level: Int

  func encode(
    _ tensors: [QuantizedTensor], isDelta: Bool
  ) throws(SplitpipeError) -> [UInt8] {
    let codes = JoinedCodes.join(tensors)
    let bound = compressBound(uLong(codes.count))
    var status = Z_OK
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(bound)) { output, count in
      var size = bound
      status = unsafe codes.withUnsafeBufferPointer { codes in
        unsafe compress2(
          output.baseAddress, &size, codes.baseAddress, uLong(codes.count), Int32(level))
      }
      count = status == Z_OK ? Int(size) : 0
    }
    guard status == Z_OK else {
      throw SplitpipeError(.bug, "zlib could not compress \(codes.count) bytes (status \(status))")
    }
    return bytes
  }
}

struct ZlibDecoder: FrameCodesDecoder {
  func decode(
    _ payload: ArraySlice<UInt8>, of tensors: [TensorDescription], bits: BitDepth, isDelta: Bool
  ) throws(SplitpipeError) -> [[UInt8]] {
    let expected = JoinedCodes.count(tensors)
    // Deflate cannot shrink more than 1032 times (zlib technical details): refuse before memory is
    // taken.
    guard payload.count >= expected / 1032 else {
      throw .badFrame("zlib", "\(payload.count) bytes cannot hold \(expected) codes")
    }
    var status = Z_OK
    var used = uLong(payload.count)
    // One byte of room more, so that a longer stream shows itself.
    let codes = unsafe [UInt8](unsafeUninitializedCapacity: expected + 1) { output, count in
      var size = uLong(expected + 1)
      status = unsafe payload.withUnsafeBufferPointer { bytes in
        unsafe uncompress2(output.baseAddress, &size, bytes.baseAddress, &used)
      }
      count = status == Z_OK ? Int(size) : 0
    }
    guard status == Z_OK, used == uLong(payload.count), codes.count == expected else {
      throw .badFrame(
        "zlib",
        "expected one stream of exactly \(expected) codes (status \(status), "
          + "\(used) of \(payload.count) bytes used)")
    }
    return try JoinedCodes.split(codes, of: tensors, bits: bits)
  }
}
