import SplitpipeCodec
package import SplitpipeCore

/// What an `.spt` file holds, learned by reading it to its end.
package struct TensorFileInformation: Encodable, Sendable, Equatable {
  package struct Range: Encodable, Sendable, Equatable {
    package let min: Float
    package let max: Float
  }

  package let file: String
  package let version: Int
  package let codec: String
  package let bits: Int
  package let shape: [Int]
  package let video: Bool
  package let frames: Int
  /// Frames that need no other.
  package let keyFrames: Int
  /// The whole file's bytes.
  package let bytes: Int
  /// Bytes of the packets, their headers included.
  package let packetBytes: Int
  /// Bytes of the values as float32.
  package let rawBytes: Int
  /// Bits of the packets, their headers included, for each value.
  package let bitsPerCoefficient: Double
  /// Of the first frame; nil where float32 values are stored.
  package let range: Range?

  /// Reads a file; the codes of its first frame are decoded, those of the others are not.
  ///
  /// - Parameters:
  ///   - source: the `.spt` file.
  ///   - progress: called after each packet with the number read and that of all.
  /// - Throws: bad data if the file is damaged or cut off.
  package init(
    _ source: some ByteSource,
    progress: (_ frames: Int, _ total: Int) throws(SplitpipeError) -> Void = { _, _ in }
  ) throws(SplitpipeError) {
    var reader = try TensorFileReader(source)
    let slicing = reader.header.slicing
    var keys = 0
    var first: QuantizedTensor?
    while let packet = try reader.next() {
      if packet.dependency == .key { keys += 1 }
      if packet.stamp.index == 0 {
        var decoder = FrameDecoder(fingerprint: TensorFileHeader.fingerprint)
        let tensor = TensorDescription(
          name: TensorFileHeader.tensorName, shape: slicing.tensorShape)
        do throws(SplitpipeError) {
          first = try decoder.decode(packet, expecting: [tensor]).quantized?.first
        } catch {
          throw error.about("\"\(source.name)\", packet 0")
        }
      }
      try progress(reader.frames, slicing.frames)
    }
    file = source.name
    version = Int(TensorFileHeader.version)
    codec = reader.settings?.codec.rawValue ?? ""
    bits = reader.settings?.bits.bits ?? 0
    shape = slicing.shape.dimensions
    video = slicing.isVideo
    frames = slicing.frames
    keyFrames = keys
    bytes = reader.fileBytes
    packetBytes = reader.packetBytes
    rawBytes = slicing.shape.count * 4
    bitsPerCoefficient = Double(reader.packetBytes) * 8 / Double(slicing.shape.count)
    range = first.map { Range(min: $0.minimum, max: $0.maximum) }
  }
}
