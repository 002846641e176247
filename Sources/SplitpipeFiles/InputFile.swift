package import SplitpipeCore

/// A file, a pipe or standard input, read once from front to back in pieces.
package final class InputFile {
  /// What errors call it.
  package let name: String
  /// Bytes still to come, where that is known: not for a pipe.
  package private(set) var remaining: Int?
  private let descriptor: InputDescriptor
  private let isStopped: () -> Bool

  /// Opens the input.
  ///
  /// - Parameters:
  ///   - path: the file; `-` for standard input.
  ///   - isStopped: asked now and then while a pipe has nothing to give.
  /// - Throws: `missingInput` where it cannot be opened or is a folder.
  package init(_ path: String, isStopped: @escaping () -> Bool = { false }) throws(SplitpipeError) {
    name = path == "-" ? "standard input" : path
    descriptor =
      path == "-" ? try InputDescriptor(standardInput: name) : try InputDescriptor(path)
    if try descriptor.kind() == .folder { throw .notAFile(name, found: "a folder") }
    remaining = try descriptor.bytesAhead()
    self.isStopped = isStopped
  }

  /// Fills a buffer.
  ///
  /// - Parameter buffer: where the bytes go.
  /// - Returns: how many there are, fewer than the buffer holds only at the end.
  /// - Throws: `missingInput` where it cannot be read, `interrupted` where `isStopped` says so.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SplitpipeError) -> Int {
    var count = 0
    while count < buffer.count {
      while remaining == nil, try !descriptor.isReady(within: 100) {
        if isStopped() { throw SplitpipeError(.interrupted, "stopped while reading \"\(name)\"") }
      }
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      let got = try unsafe descriptor.readSome(room)
      if got == 0 { break }
      count += got
    }
    remaining = remaining.map { max(0, $0 - count) }
    return count
  }
}
