package import SplitpipeCodec
package import SplitpipeCore

/// Turns a float32 `.npy` file into the bytes of an `.spt` file, one tensor at a time.
package struct TensorFileEncoder<Source: ByteSource> {
  private enum Step { case header, frame(Int), end, done }

  package let slicing: ArraySlicing
  private var array: NumPyReader<Source>
  private var sender: FrameSender
  private var step = Step.header

  /// Reads the array's header.
  ///
  /// - Parameters:
  ///   - source: the `.npy` file.
  ///   - settings: codec and bit depth.
  ///   - quantizer: how values become codes; of no effect at 32 bits.
  ///   - keyInterval: frames from one key frame to the next at the latest, in a video.
  ///   - isVideo: whether the first axis is time, so that a frame may lean on the one before.
  /// - Throws: bad data if it is no float32 array that tensor files hold, a usage error for a video
  ///   without a time axis.
  package init(
    _ source: Source, settings: CodecSettings, quantizer: QuantizerSettings = .paper,
    keyInterval: Int = KeySchedule.usualInterval, isVideo: Bool
  ) throws(SplitpipeError) {
    array = try NumPyReader(source)
    do throws(SplitpipeError) {
      slicing = try ArraySlicing(shape: array.header.shape, isVideo: isVideo)
    } catch {
      throw error.about("\"\(source.name)\"")
    }
    sender = try FrameSender(
      settings: settings, quantizer: quantizer, interval: isVideo ? keyInterval : 1,
      fingerprint: TensorFileHeader.fingerprint)
  }

  /// Values outside the range of their codes so far.
  package var clamped: Int { sender.clamped }

  /// The next bytes of the file: its header, then its packets, each with its length, then the end
  /// mark; nil after that.
  ///
  /// - Throws: bad data if the array is cut off or longer than its shape, or holds what cannot be
  ///   quantized.
  package mutating func next() throws(SplitpipeError) -> [UInt8]? {
    switch step {
    case .header:
      step = .frame(0)
      return TensorFileHeader(slicing).serialized
    case .frame(let index):
      let tensor = NamedTensor(
        name: TensorFileHeader.tensorName, tensor: try array.next(slicing.tensorShape))
      let packet: [UInt8]
      do throws(SplitpipeError) {
        packet = try sender.send(
          Frontier(tensors: [tensor]), stamp: FrameStamp(index: index, seconds: 0)
        ).packet.serialized()
      } catch {
        throw error.about("\"\(array.name)\", frame \(index)")
      }
      step = index + 1 < slicing.frames ? .frame(index + 1) : .end
      return littleEndian(UInt64(packet.count), 4) + packet
    case .end:
      try array.finish()
      step = .done
      return littleEndian(0, 4)
    case .done: return nil
    }
  }
}
