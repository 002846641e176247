public import SplitpipeCore

/// Decides, before a frame is quantized, whether it is a key frame; one per sender and run.
///
/// A frame is a key frame if it is the first, if names or shapes of its tensors or the sizes of its
/// picture differ from those of the frame before, if one was asked for, if the last one lies `interval` frames back, or if the
/// frame before is of no use to it (`SceneChange`). Where neither codec nor quantizer looks back,
/// every frame is one.
public struct KeySchedule: Sendable {
  /// Frames from one key frame to the next at the latest.
  public let interval: Int
  /// The usual number of frames from key frame to key frame.
  public static let usualInterval = 120
  /// Key frames so far.
  public private(set) var keyFrames = 0
  private let isChained: Bool
  private let request: KeyRequest
  private var previous: (index: Int, frontier: Frontier, sizes: FrameSizes?)?
  private var sinceKey = 0

  /// Starts before the first frame.
  ///
  /// - Parameters:
  ///   - codec: what codes the frames.
  ///   - quantizer: what makes the codes.
  ///   - interval: frames from one key frame to the next at the latest, from 1.
  ///   - request: carries a receiver's wish for a key frame.
  public init(
    codec: CodecSettings, quantizer: QuantizerSettings, interval: Int = usualInterval,
    request: KeyRequest = KeyRequest()
  ) {
    self.interval = max(1, interval)
    self.request = request
    isChained = codec.bits.isQuantized && (codec.codec.isTemporal || quantizer.remembers)
  }

  /// Says what a frame may lean on; to be asked once for every frame, in order.
  ///
  /// - Parameters:
  ///   - frontier: the frame's tensors.
  ///   - stamp: its index and time.
  ///   - sizes: those of its picture and of the network's input, as the encoder gets them; nil where
  ///     there is no picture.
  /// - Returns: nothing for a key frame, else the frame before.
  public mutating func dependency(
    for frontier: Frontier, of stamp: FrameStamp, sizes: FrameSizes? = nil
  ) -> FrameDependency {
    guard isChained else {
      _ = request.take()
      keyFrames += 1
      return .key
    }
    let before = previous
    previous = (stamp.index, frontier, sizes)
    sinceKey += 1
    let isWanted = request.take()
    guard let before, !isWanted, sinceKey < interval, before.sizes == sizes,
      frontier.isAlike(before.frontier), !SceneChange(from: before.frontier, to: frontier).isCut
    else {
      sinceKey = 0
      keyFrames += 1
      return .key
    }
    return .delta(from: before.index)
  }
}
