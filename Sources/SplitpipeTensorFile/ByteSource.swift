package import SplitpipeCore
package import SplitpipeFiles

/// Bytes read once from front to back.
package protocol ByteSource {
  /// What errors call it.
  var name: String { get }
  /// Bytes still to come, where that is known.
  var remaining: Int? { get }
  /// Fills a buffer; fewer bytes than it holds only at the end.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(SplitpipeError) -> Int
}

extension InputFile: ByteSource {}

/// Bytes in memory.
package struct MemorySource: ByteSource {
  package let name: String
  private let bytes: [UInt8]
  private var position = 0
  private let knowsItsEnd: Bool

  /// - Parameters:
  ///   - bytes: what is read.
  ///   - name: what errors call it.
  ///   - knowsItsEnd: false to be like a pipe.
  package init(_ bytes: [UInt8], name: String = "memory", knowsItsEnd: Bool = true) {
    self.bytes = bytes
    self.name = name
    self.knowsItsEnd = knowsItsEnd
  }

  package var remaining: Int? { knowsItsEnd ? bytes.count - position : nil }

  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - position)
    unsafe buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}

extension ByteSource {
  /// The next `count` bytes, fewer only at the end; memory is taken as they come.
  mutating func bytes(_ count: Int) throws(SplitpipeError) -> [UInt8] {
    let first = try piece(min(count, Self.pieceSize))
    guard count > first.count, first.count == Self.pieceSize else { return first }
    var bytes = first
    if let remaining { bytes.reserveCapacity(first.count + min(count - first.count, remaining)) }
    while bytes.count < count {
      let more = try piece(min(count - bytes.count, Self.pieceSize))
      guard !more.isEmpty else { break }
      bytes += more
    }
    return bytes
  }

  /// Whether nothing is left.
  mutating func isAtEnd() throws(SplitpipeError) -> Bool { try piece(1).isEmpty }

  private static var pieceSize: Int { 1 << 20 }

  private mutating func piece(_ count: Int) throws(SplitpipeError) -> [UInt8] {
    var failure: SplitpipeError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
      do throws(SplitpipeError) {
        read = try unsafe self.read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

extension SplitpipeError {
  /// An input that is not what its format says.
  static func unreadable(_ name: String, _ problem: String) -> SplitpipeError {
    SplitpipeError(.badData, "cannot read \"\(name)\": \(problem)")
  }
}
