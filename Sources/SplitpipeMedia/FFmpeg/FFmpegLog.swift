import CFFmpeg
import Glibc
import Synchronization

/// What FFmpeg says of an input while it reads it: warnings and errors, which are the only word of a
/// segment that was not there or a file that ends too soon. The rest of what it says is dropped.
///
/// FFmpeg tells one listener for the whole process; lines are kept by the context they are about.
enum FFmpegLog {
  /// Lines kept of one input, so that a stream that is damaged all over cannot fill the memory.
  private static let capacity = 64

  private static let lines = Mutex<[UInt: [String]]>([:])

  /// Takes FFmpeg's messages from now on; called once.
  static func start() {
    unsafe av_log_set_callback { context, level, format, arguments in
      guard level <= AV_LOG_WARNING, let context = unsafe context, let format = unsafe format,
        let arguments = unsafe arguments
      else { return }
      let key = UInt(bitPattern: context)
      guard FFmpegLog.lines.withLock({ $0[key] != nil }) else { return }
      var buffer = [CChar](repeating: 0, count: 512)
      unsafe vsnprintf(&buffer, buffer.count, format, arguments)
      let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let line = String(decoding: bytes, as: UTF8.self)
      FFmpegLog.lines.withLock { lines in
        if let count = lines[key]?.count, count < FFmpegLog.capacity { lines[key]?.append(line) }
      }
    }
  }

  /// Keeps what is said of a context until `forget`.
  static func listen(to context: UnsafeMutablePointer<AVFormatContext>) {
    lines.withLock { $0[UInt(bitPattern: context)] = [] }
  }

  /// Gives out what was said of it since the last time.
  static func take(of context: UnsafeMutablePointer<AVFormatContext>) -> [String] {
    lines.withLock { lines in
      guard let heard = lines[UInt(bitPattern: context)], !heard.isEmpty else { return [] }
      lines[UInt(bitPattern: context)] = []
      return heard
    }
  }

  static func forget(_ context: UnsafeMutablePointer<AVFormatContext>) {
    _ = lines.withLock { $0.removeValue(forKey: UInt(bitPattern: context)) }
  }
}
