internal import Glibc
package import SplitpipeCore

/// Reads a whole file, with one allocation where its length is known; a pipe is read to its end.
///
/// Read, not mapped: a mapped file that somebody shortens meanwhile ends the process with a signal.
///
/// - Parameters:
///   - path: the file.
///   - limit: the most bytes it may hold; a longer file is refused before memory is taken for it.
/// - Returns: its bytes.
/// - Throws: `missingInput` where it cannot be opened or read or is a folder or a device, `badData`
///   where it is longer than `limit`.
package func readFile(_ path: String, limit: Int) throws(SplitpipeError) -> [UInt8] {
  let file = try InputDescriptor(path)
  var known = 0
  switch try file.kind() {
  case .file(let bytes):
    guard bytes <= limit else { throw .tooLarge(path, bytes: bytes, limit: limit) }
    known = bytes
  case .pipe: break
  case .folder: throw .notAFile(path, found: "a folder")
  case .device: throw .notAFile(path, found: "a device")
  }
  var bytes = try file.read(upTo: known)
  while bytes.count <= limit {
    let more = try file.read(upTo: 1 << 16)
    guard !more.isEmpty else { return bytes }
    bytes += more
  }
  throw .tooLarge(path, bytes: nil, limit: limit)
}

/// The first bytes of a file, fewer where it is shorter.
///
/// - Parameters:
///   - path: the file.
///   - count: how many bytes.
/// - Returns: the bytes.
/// - Throws: `missingInput` where it cannot be opened or read.
package func readStart(of path: String, count: Int) throws(SplitpipeError) -> [UInt8] {
  try InputDescriptor(path).read(upTo: count)
}

/// Some bytes of a file that lie at a place.
///
/// - Parameters:
///   - path: the file.
///   - offset: of the first byte, at least 0.
///   - count: how many bytes, at least 0.
/// - Returns: exactly these bytes.
/// - Throws: `missingInput` where it cannot be opened or read or is no file, `badData` where it ends
///   before the last of them; then no memory was taken.
package func readPart(
  of path: String, from offset: Int, count: Int
) throws(SplitpipeError) -> [UInt8] {
  precondition(offset >= 0 && count >= 0, "a part begins within a file and has a length")
  // Looked at before it is opened: opening a pipe would wait for its writer.
  guard case .file(let size) = try FileKind(of: path) else {
    throw .notAFile(path, found: "a folder, a pipe or a device")
  }
  let file = try InputDescriptor(path)
  guard offset <= size, count <= size - offset else {
    throw .shortOf(path, offset: offset, count: count, size: size)
  }
  try file.move(to: offset)
  let bytes = try file.read(upTo: count)
  // Somebody may have shortened it meanwhile.
  guard bytes.count == count else {
    throw .shortOf(path, offset: offset, count: count, size: offset + bytes.count)
  }
  return bytes
}

extension SplitpipeError {
  fileprivate static func shortOf(
    _ path: String, offset: Int, count: Int, size: Int
  ) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "cannot read \"\(path)\": expected \(count) bytes from byte \(offset) on, it has \(size) "
        + "bytes altogether")
  }
}
