package import SplitpipeCore

/// Reads a float32 `.npy` file piece by piece.
package struct NumPyReader<Source: ByteSource> {
  package let header: NumPyHeader
  private var source: Source
  /// Values not read yet.
  private var left: Int

  /// Reads the header and, where the length of the file is known, compares it with the shape.
  ///
  /// - Throws: bad data if it is no float32 array in C order, or has more or fewer bytes of values
  ///   than its shape says.
  package init(_ source: Source) throws(SplitpipeError) {
    self.source = source
    header = try NumPyHeader(from: &self.source)
    left = header.shape.count
    if let found = self.source.remaining, found != left * 4 {
      throw .unreadable(
        source.name, "its shape \(header.shape) takes \(left * 4) bytes of values, found \(found)")
    }
  }

  /// What errors call the file.
  package var name: String { source.name }

  /// The next values, as a tensor of this shape.
  ///
  /// - Precondition: so many are left.
  /// - Throws: bad data if the file ends before.
  package mutating func next(_ shape: Shape) throws(SplitpipeError) -> Tensor<Float> {
    let count = shape.count
    precondition(count <= left, "no more values are read than the array has")
    var failure: SplitpipeError?
    let isSwapped = header.isBigEndian
    let values = unsafe [Float](unsafeUninitializedCapacity: count) { values, initialized in
      let raw = UnsafeMutableRawBufferPointer(values)
      do throws(SplitpipeError) {
        let found = try unsafe source.read(
          into: UnsafeMutableRawBufferPointer(rebasing: raw[..<(count * 4)]))
        guard found == count * 4 else {
          let missing = left * 4 - found
          throw .unreadable(source.name, "it ends \(missing) bytes before the last value")
        }
        unsafe Self.makeNative(raw, count: count, isBigEndian: isSwapped)
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    left -= count
    return Tensor(shape: shape, values: values)
  }

  /// Makes sure that nothing follows the values.
  ///
  /// - Throws: bad data if something does.
  package mutating func finish() throws(SplitpipeError) {
    guard left == 0, try source.isAtEnd() else {
      throw .unreadable(source.name, "more bytes follow the \(header.shape.count) values")
    }
  }

  private static func makeNative(
    _ bytes: UnsafeMutableRawBufferPointer, count: Int, isBigEndian: Bool
  ) {
    for i in 0..<count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: i * 4, as: UInt32.self)
      let pattern = isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
      unsafe bytes.storeBytes(of: pattern, toByteOffset: i * 4, as: UInt32.self)
    }
  }
}
