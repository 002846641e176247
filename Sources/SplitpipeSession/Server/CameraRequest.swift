import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeModel
import SplitpipeProtocol

/// What a Hello asks for, found good: nothing in it is looked at again.
struct CameraRequest: Sendable {
  let camera: CameraName
  let session: [UInt8]
  let epoch: UInt64
  let delivery: Delivery
  /// Frames a second that are announced; nil where the window governs.
  let frameRate: Double?
  let boxes: Detector
  let scored: Detector?
  /// Width and height of the network's input at first.
  let input: PixelSize
  let software: String

  /// - Parameters:
  ///   - hello: whatever came.
  ///   - peer: from whom.
  ///   - model: what this server runs the tail of.
  ///   - limits: what it takes.
  /// - Throws: `SessionProblem`, naming what was expected and found.
  init(
    _ hello: Hello, from peer: Peer, model: SplitModel, limits: ServerLimits
  ) throws {
    guard hello.protocol == protocolVersion else {
      throw SessionProblem(
        .failedPrecondition,
        "version \(hello.protocol) of the protocol, expected \(protocolVersion); use splitpipe of the "
          + "same version on both sides")
    }
    guard let camera = CameraName(hello.camera) else {
      throw SessionProblem(
        .invalidArgument,
        "a camera's name is 1 to \(CameraName.longest) of A-Z, a-z, 0-9, _ and -")
    }
    guard peer.speaks(for: camera) else {
      throw SessionProblem(
        .permissionDenied,
        "certificate or token do not speak for the camera \"\(camera)\"; use those of that camera, or "
          + "its own name")
    }
    guard hello.session.count == 16 else {
      throw SessionProblem(
        .invalidArgument, "a session is named by \(hello.session.count) bytes, expected 16")
    }
    guard CutFingerprint(value: hello.fingerprint) == model.fingerprint else {
      throw SessionProblem(
        .failedPrecondition,
        "the camera cuts another model or at another split (\"\(String(hello.split.prefix(100)))\", "
          + "fingerprint \(CutFingerprint(value: hello.fingerprint))) than this server "
          + "(\"\(model.split)\", \(model.fingerprint)); use the same on both sides")
    }
    input = PixelSize(width: Int(hello.inputWidth), height: Int(hello.inputHeight))
    let source = PixelSize(width: Int(hello.sourceWidth), height: Int(hello.sourceHeight))
    try Self.checkShapes(hello, source: source, input: input, model: model)
    guard (1...UInt32(Packet.version)).contains(hello.packetVersion) else {
      throw SessionProblem(
        .failedPrecondition,
        "packets of version \(hello.packetVersion), expected 1 to \(Packet.version)")
    }
    guard hello.frameRate.isFinite, (0...10_000).contains(hello.frameRate) else {
      throw SessionProblem(
        .invalidArgument, "\(hello.frameRate) frames a second, expected 0 to 10000")
    }
    guard hello.hasBoxes else {
      throw SessionProblem(.invalidArgument, "it does not say which boxes are wanted")
    }
    self.camera = camera
    session = Array(hello.session)
    epoch = hello.epoch
    delivery = hello.delivery == .everyFrame ? .everyFrame : .live
    frameRate = hello.frameRate > 0 ? hello.frameRate : nil
    let classCount = model.whole.classNames.count
    boxes = try model.detector(
      DetectionSettings(hello.boxes, classCount: classCount, maximumBoxes: limits.boxes))
    scored =
      hello.hasScored
      ? try model.detector(
        DetectionSettings(hello.scored, classCount: classCount, maximumBoxes: limits.boxes)) : nil
    software = String(hello.software.prefix(64))
  }

  private static func checkShapes(
    _ hello: Hello, source: PixelSize, input: PixelSize, model: SplitModel
  ) throws {
    let largest = 65_535
    guard
      [source.width, source.height, input.width, input.height].allSatisfy({
        (1...largest).contains($0)
      })
    else {
      throw SessionProblem(
        .invalidArgument,
        "a picture of \(source) in an input of \(input), expected sides of 1 to \(largest)")
    }
    let expected = Letterbox(frame: source, geometry: model.whole.geometry).input
    guard input == expected else {
      throw SessionProblem(
        .failedPrecondition,
        "a picture of \(source) in an input of \(input), expected \(expected); give --size, "
          + "--letterbox and the like alike on both sides")
    }
    let crossing = try model.crossing(at: input)
    let found = hello.crossing.map { $0.extents.map(Int.init) }
    guard found == crossing.map(\.shape.dimensions) else {
      throw SessionProblem(
        .failedPrecondition,
        "tensors of other shapes cross than at this server (\(crossing.count) expected, first "
          + "\(crossing.first?.shape.description ?? "none"))")
    }
  }
}
