import CFFmpeg
import Glibc
import SplitpipeCore

/// Owns an open file descriptor for reading.
struct InputFile: ~Copyable {
  /// What a path leads to.
  enum Kind { case file(bytes: Int), folder, other }

  private let descriptor: Int32
  let path: String

  init(path: String) throws {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SplitpipeError.notFound(path, errno) }
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// What lies at `path`, symbolic links followed.
  static func kind(of path: String) throws -> Kind {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw SplitpipeError.notFound(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(bytes: Int(status.st_size))
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  /// The first bytes of the file, fewer where it is shorter.
  func start(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = unsafe pread(descriptor, &bytes, count, 0)
    guard got >= 0 else { throw SplitpipeError.notFound(path, errno) }
    return Array(bytes.prefix(got))
  }

  /// The whole file as one packet.
  func contents(bytes: Int) throws -> CodedPacket {
    let packet = try CodedPacket()
    guard bytes > 0, bytes < Int(Int32.max) - 64 else {
      throw SplitpipeError.unreadable(path, bytes == 0 ? "it is empty" : "it is larger than 2 GB")
    }
    guard unsafe av_new_packet(packet.pointer, Int32(bytes)) >= 0 else {
      throw SplitpipeError.outOfMemory("\"\(path)\"")
    }
    var done = 0
    while done < bytes {
      let got = unsafe pread(descriptor, packet.pointer.pointee.data + done, bytes - done, done)
      guard got > 0 else {
        throw SplitpipeError.unreadable(path, "it ends after \(done) of \(bytes) bytes")
      }
      done += got
    }
    return packet
  }
}

extension SplitpipeError {
  static func notFound(_ path: String, _ code: Int32) -> SplitpipeError {
    let reason = unsafe String(cString: strerror(code))
    return SplitpipeError(
      .missingInput, "cannot open \"\(path)\": \(reason) (\(code)); check the path")
  }

  static func emptyFile(_ path: String) -> SplitpipeError {
    SplitpipeError(
      .badData, "\"\(path)\" is empty (0 bytes); expected a video or an image, copy it again")
  }
}
