import SplitpipeCodec
package import SplitpipeCore

/// Turns an `.spt` file into the bytes of a float32 `.npy` file, one tensor at a time.
package struct TensorFileDecoder<Source: ByteSource> {
  private var reader: TensorFileReader<Source>
  private var decoder = FrameDecoder(fingerprint: TensorFileHeader.fingerprint)
  private var hasBegun = false

  /// Reads the file's header.
  ///
  /// - Throws: bad data if the bytes are no tensor file of a known version.
  package init(_ source: Source) throws(SplitpipeError) {
    reader = try TensorFileReader(source)
  }

  package var slicing: ArraySlicing { reader.header.slicing }

  /// The next bytes of the array: its header, then the values of one tensor after another; nil
  /// after the last, once the file is known to be whole.
  ///
  /// - Throws: bad data if the file is damaged or cut off.
  package mutating func next() throws(SplitpipeError) -> [UInt8]? {
    guard hasBegun else {
      hasBegun = true
      return NumPyHeader(shape: slicing.shape).serialized
    }
    guard let frame = try nextFrame() else { return nil }
    return frame.frontier.tensors.flatMap { FloatCoder().encode($0.tensor) }
  }

  /// The next tensor, its codes and what its packet was.
  mutating func nextFrame() throws(SplitpipeError) -> DecodedFrame? {
    guard let packet = try reader.next() else { return nil }
    let index = packet.stamp.index
    do throws(SplitpipeError) {
      return try decoder.decode(
        packet,
        expecting: [
          TensorDescription(name: TensorFileHeader.tensorName, shape: slicing.tensorShape)
        ])
    } catch {
      throw error.about("\"\(reader.name)\", packet \(index)")
    }
  }
}
