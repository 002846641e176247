internal import CZstd
import SplitpipeCore
internal import Synchronization

extension CodecDefinition {
  /// Zstandard over one byte per code of all tensors of a frame.
  static let zstd = CodecDefinition(
    name: "zstd", wireIdentifier: 6, levels: Levels(usual: 1, all: 1...22),
    coding: .frames(
      encoder: { level throws(SplitpipeError) in try ZstdEncoder(level: level) },
      decoder: { () throws(SplitpipeError) in try ZstdDecoder() }))
}

extension CodecName {
  /// Zstandard, each frame by itself.
  public static let zstd = CodecName(.zstd)
}

/// `zstd` and `zstd-dict`: one byte per code of all tensors in NCHW order as one Zstandard frame
/// (RFC 8878); a rival to measure against. A delta has the codes of the frame before as its prefix
/// dictionary.
struct ZstdEncoder: FrameCodesEncoder {
  private let compressor: ZstdCompressor
  private let level: Int
  private var previous: [UInt8] = []

  /// - Parameter level: 1, fastest, to 22, smallest.
  /// - Throws: unavailable if there is no memory for it.
  init(level: Int) throws(SplitpipeError) {
    compressor = try ZstdCompressor()
    self.level = level
  }

  mutating func encode(
    _ tensors: [QuantizedTensor], isDelta: Bool
  ) throws(SplitpipeError) -> [UInt8] {
    let codes = JoinedCodes.join(tensors)
    let bytes = try compressor.compress(codes, after: isDelta ? previous : [], level: level)
    previous = codes
    return bytes
  }
}

struct ZstdDecoder: FrameCodesDecoder {
  private let decompressor: ZstdDecompressor
  private var previous: [UInt8] = []

  /// - Throws: unavailable if there is no memory for it.
  init() throws(SplitpipeError) { decompressor = try ZstdDecompressor() }

  mutating func decode(
    _ payload: ArraySlice<UInt8>, of tensors: [TensorDescription], bits: BitDepth, isDelta: Bool
  ) throws(SplitpipeError) -> [[UInt8]] {
    let joined = try decompressor.decompress(
      payload, to: JoinedCodes.count(tensors), after: isDelta ? previous : [])
    let codes = try JoinedCodes.split(joined, of: tensors, bits: bits)
    previous = joined
    return codes
  }
}

/// The library's state for compressing, used by one thread at a time.
private final class ZstdCompressor: Sendable {
  /// Owns the state.
  @safe private struct Handle: ~Copyable {
    let context: OpaquePointer
    deinit { _ = unsafe ZSTD_freeCCtx(context) }
  }
  private let handle: Mutex<Handle>

  init() throws(SplitpipeError) {
    guard let context = unsafe ZSTD_createCCtx() else { throw .noMemory }
    handle = Mutex(unsafe Handle(context: context))
  }

  func compress(
    _ codes: [UInt8], after previous: [UInt8], level: Int
  ) throws(SplitpipeError) -> [UInt8] {
    let bound = ZSTD_compressBound(codes.count)
    var result = 0
    let bytes = handle.withLock { handle in
      unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
        unsafe codes.withUnsafeBytes { codes in
          unsafe previous.withUnsafeBytes { previous in
            let context = unsafe handle.context
            _ = unsafe ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters)
            _ = unsafe ZSTD_CCtx_setParameter(
              context, ZSTD_c_compressionLevel, Int32(level))
            if unsafe !previous.isEmpty {
              _ = unsafe ZSTD_CCtx_refPrefix(context, previous.baseAddress, previous.count)
            }
            result = unsafe ZSTD_compress2(
              context, output.baseAddress, bound, codes.baseAddress, codes.count)
          }
        }
        count = ZSTD_isError(result) == 0 ? result : 0
      }
    }
    guard ZSTD_isError(result) == 0 else { throw .zstdFailed(codes.count, result) }
    return bytes
  }
}

/// The library's state for decompressing, used by one thread at a time.
private final class ZstdDecompressor: Sendable {
  /// Owns the state.
  @safe private struct Handle: ~Copyable {
    let context: OpaquePointer
    deinit { _ = unsafe ZSTD_freeDCtx(context) }
  }
  private let handle: Mutex<Handle>

  init() throws(SplitpipeError) {
    guard let context = unsafe ZSTD_createDCtx() else { throw .noMemory }
    handle = Mutex(unsafe Handle(context: context))
  }

  /// Takes memory for the expected codes alone, and only if the bytes announce just as many.
  func decompress(
    _ payload: ArraySlice<UInt8>, to expected: Int, after previous: [UInt8]
  ) throws(SplitpipeError) -> [UInt8] {
    var whole = 0
    var announced: UInt64 = 0
    unsafe payload.withUnsafeBytes { bytes in
      whole = unsafe ZSTD_findFrameCompressedSize(bytes.baseAddress, bytes.count)
      announced = unsafe ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count)
    }
    guard ZSTD_isError(whole) == 0, whole == payload.count, announced == UInt64(expected) else {
      throw .badFrame("zstd", "expected exactly one frame, of \(expected) codes")
    }
    var result = 0
    let codes = handle.withLock { handle in
      unsafe [UInt8](unsafeUninitializedCapacity: expected) { output, count in
        unsafe payload.withUnsafeBytes { bytes in
          unsafe previous.withUnsafeBytes { previous in
            let context = unsafe handle.context
            _ = unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_and_parameters)
            if unsafe !previous.isEmpty {
              _ = unsafe ZSTD_DCtx_refPrefix(context, previous.baseAddress, previous.count)
            }
            result = unsafe ZSTD_decompressDCtx(
              context, output.baseAddress, expected, bytes.baseAddress, bytes.count)
          }
        }
        count = ZSTD_isError(result) == 0 ? result : 0
      }
    }
    guard ZSTD_isError(result) == 0, codes.count == expected else {
      throw .badFrame("zstd", "it does not expand to \(expected) codes")
    }
    return codes
  }
}

extension SplitpipeError {
  fileprivate static var noMemory: SplitpipeError {
    SplitpipeError(.unavailable, "the Zstandard library got no memory for its state")
  }

  fileprivate static func zstdFailed(_ count: Int, _ status: Int) -> SplitpipeError {
    SplitpipeError(.bug, "Zstandard could not compress \(count) bytes (status \(status))")
  }
}
