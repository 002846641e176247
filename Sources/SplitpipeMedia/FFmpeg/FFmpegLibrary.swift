import CFFmpeg
import SplitpipeCore

/// What must hold before any other call into FFmpeg: it prints nothing by itself.
enum FFmpegLibrary {
  static let ready: Void = {
    FFmpegLog.start()
    avformat_network_init()
  }()

  /// FFmpeg's own words for one of its status codes, with the number.
  static func text(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    unsafe av_strerror(code, &buffer, buffer.count)
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return "\(String(decoding: bytes, as: UTF8.self)) (\(code))"
  }

  static let again = cffmpeg_error_again()
  static let end = cffmpeg_error_end()
  static let exit = cffmpeg_error_exit()
  static let inputOutput = cffmpeg_error_input_output()
  static let invalidData = cffmpeg_error_invalid_data()
  static let noMemory = cffmpeg_error_no_memory()
  static let noTime = cffmpeg_no_time()
}

extension SplitpipeError {
  static func outOfMemory(_ what: String) -> SplitpipeError {
    SplitpipeError(.bug, "no memory for \(what); close other programs or use smaller frames")
  }
}

/// What decodes and codes pictures here, with versions.
package var mediaDescription: String {
  let version = unsafe av_version_info().map { unsafe String(cString: $0) } ?? "unknown"
  return "FFmpeg \(version)"
}
