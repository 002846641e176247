package import SplitpipeCodec
package import SplitpipeCore

/// Turns a float32 `.npy` file into the bytes of an `.spt` file, one tensor at a time.
package struct TensorFileEncoder<Source: ByteSource> {
  private enum Step { case header, frame(Int), end, done }

  package let layout: ArrayLayout
  private var array: NumPyReader<Source>
  private let quantizer: Quantizer?
  private var encoder: FrameEncoder
  private var step = Step.header

  /// Reads the array's header.
  ///
  /// - Parameters:
  ///   - source: the `.npy` file.
  ///   - settings: codec and bit depth.
  ///   - isVideo: whether the first axis is time.
  /// - Throws: bad data if it is no float32 array that tensor files hold, a usage error for a video
  ///   without a time axis.
  package init(
    _ source: Source, settings: CodecSettings, isVideo: Bool
  ) throws(SplitpipeError) {
    array = try NumPyReader(source)
    do throws(SplitpipeError) {
      layout = try ArrayLayout(shape: array.header.shape, isVideo: isVideo)
    } catch {
      throw error.about("\"\(source.name)\"")
    }
    quantizer = settings.bits.isQuantized ? try Quantizer(bits: settings.bits) : nil
    encoder = FrameEncoder(settings: settings, fingerprint: TensorFileHeader.fingerprint)
  }

  /// The next bytes of the file: its header, then its packets, each with its length, then the end
  /// mark; nil after that.
  ///
  /// - Throws: bad data if the array is cut off or longer than its shape, or holds what cannot be
  ///   quantized.
  package mutating func next() throws(SplitpipeError) -> [UInt8]? {
    switch step {
    case .header:
      step = .frame(0)
      return TensorFileHeader(layout).serialized
    case .frame(let index):
      let tensor = NamedTensor(name: "frame \(index)", tensor: try array.next(layout.tensorShape))
      let packet: [UInt8]
      do throws(SplitpipeError) {
        packet = try encode(tensor, FrameStamp(index: index, seconds: 0)).serialized()
      } catch {
        throw error.about("\"\(array.name)\"")
      }
      step = index + 1 < layout.frames ? .frame(index + 1) : .end
      return littleEndian(UInt64(packet.count), 4) + packet
    case .end:
      try array.finish()
      step = .done
      return littleEndian(0, 4)
    case .done: return nil
    }
  }

  private mutating func encode(
    _ tensor: NamedTensor, _ stamp: FrameStamp
  ) throws(SplitpipeError) -> Packet {
    guard let quantizer else {
      return try encoder.encode(stamp: stamp, frontier: Frontier(tensors: [tensor]))
    }
    return try encoder.encode(stamp: stamp, tensors: [try quantizer.quantize(tensor)])
  }
}
