public import SplitpipeCodec
public import SplitpipeCore
public import SplitpipeDetection

/// What a receiver found in one frame.
public struct DetectedFrame: Sendable {
  /// When the frame was shown at the sender.
  public let stamp: FrameStamp
  /// In pixels of the sender's picture as a person sees it, square ones; `Letterbox.mapping(to:)` of
  /// `letterbox` leads to pixels that are not.
  public let detections: [Detection]
  /// How that picture lay in the network's input.
  public let letterbox: Letterbox
}

/// What came of one packet.
public enum Received: Sendable {
  /// The objects of a frame.
  case detected(DetectedFrame)
  /// The packet is of no use, and a key frame has been asked for.
  case refused(PacketRefusal)
}

/// The server's side of a cut: packet in, detections out. It never sees the picture.
///
/// The steps are those that a pipeline runs one by one: restore, tail, detect.
public struct Receiver: Sendable {
  private let model: SplitModel
  private var restore: RestoreStep
  private let detector: Detector

  /// - Parameters:
  ///   - model: the network, of which only the tail is compiled; cut where the sender cuts it.
  ///   - settings: which boxes are kept.
  ///   - request: takes the wish for a key frame to the sender.
  ///   - limits: what is taken in one packet.
  /// - Throws: `badData` where the model is no detector splitpipe knows.
  public init(
    _ model: SplitModel, settings: DetectionSettings = .display,
    request: KeyRequest = KeyRequest(), limits: PacketLimits = PacketLimits()
  ) throws {
    self.model = model
    restore = RestoreStep(model, request: request, limits: limits)
    detector = try model.detector(settings)
  }

  /// Finds the objects of a frame.
  ///
  /// - Parameter packet: whatever came over the link.
  /// - Returns: boxes, or why the packet is of no use; then a key frame has been asked for.
  /// - Throws: what compiling and running the tail throw.
  public mutating func receive(_ packet: [UInt8]) throws -> Received {
    switch try restore.restore(packet) {
    case .refused(let refusal): return .refused(refusal)
    case .frame(let frame):
      let output = try model.runTail(frame.frontier, at: frame.letterbox.input)
      return .detected(
        DetectedFrame(
          stamp: frame.stamp,
          detections: try detector.detect(output, letterbox: frame.letterbox),
          letterbox: frame.letterbox))
    }
  }
}
