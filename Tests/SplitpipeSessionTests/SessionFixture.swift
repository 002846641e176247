import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeModel
import SplitpipeTestSupport
import Testing

@testable import SplitpipeSession

/// The demo network at both ends, and frames for it.
struct SessionFixture: Sendable {
  let edge: SplitModel
  let server: SplitModel
  let sizes: FrameSizes

  init() throws {
    func cut() throws -> SplitModel {
      SplitModel(
        model: try loadModel(path: ProjectFolder.path("Models/demo/demo.pt")), split: "4.m",
        engine: try OpenVINOEngine())
    }
    edge = try cut()
    server = try cut()
    let source = PixelSize(width: 640, height: 360)
    sizes = FrameSizes(
      source: source, input: Letterbox(frame: source, geometry: edge.whole.geometry).input)
  }

  /// Coarse noise, longer than any picture: a frame is a part of it, and the next one a little later.
  private static let pattern: [UInt8] = {
    var dice = SeededGenerator(seed: 5)
    var values: [UInt8] = []
    values.reserveCapacity(1 << 20)
    while values.count < 1 << 20 {
      values += [UInt8](repeating: UInt8.random(in: 0...255, using: &dice), count: 97)
    }
    return values
  }()

  /// What the head makes of a picture of noise that moves a little from frame to frame.
  func frame(_ index: Int) throws -> OutgoingFrame {
    let input = sizes.input
    let count = 3 * input.width * input.height
    let start = index * 3
    let values = Array(Self.pattern[start..<(start + count)])
    let prepared = PreparedInput(
      tensor: Tensor(shape: Shape([1, 3, input.height, input.width]), values: values),
      letterbox: Letterbox(frame: sizes.source, geometry: edge.whole.geometry))
    return OutgoingFrame(
      stamp: FrameStamp(index: index, seconds: Double(index) / 10),
      frontier: try edge.runHead(prepared), sizes: sizes, pixels: sizes.source, captured: .now)
  }

  /// What one process finds in a frame.
  func expected(_ frame: OutgoingFrame, _ coding: CodingSettings) throws -> [Detection] {
    var quantize = try QuantizeStep(coding)
    let codes = try quantize.quantize(frame.frontier, of: frame.stamp, sizes: sizes).codes
    let arrived = codes.map { Frontier(restoring: $0) } ?? frame.frontier
    return try server.detector(.evaluation).detect(
      server.runTail(arrived, at: sizes.input),
      letterbox: Letterbox(frame: sizes.source, geometry: edge.whole.geometry))
  }

  func tailServer(_ limits: ServerLimits = .patient) throws -> TailServer {
    try TailServer(server, workers: [server], limits: limits)
  }

  func settings(_ coding: CodingSettings, _ delivery: Delivery = .everyFrame) throws -> EdgeSettings
  {
    var settings = EdgeSettings(
      camera: try #require(CameraName("cam")), delivery: delivery, coding: coding,
      boxes: .evaluation, sizes: sizes)
    settings.firstWait = .milliseconds(5)
    // However busy the machine is with other tests.
    settings.handshake = .seconds(60)
    return settings
  }
}

extension ServerLimits {
  /// For tests of other things than time: however busy the machine is with other tests.
  static var patient: ServerLimits {
    var limits = ServerLimits()
    limits.everyFrameServerSilence = .seconds(60)
    limits.liveServerSilence = .seconds(60)
    limits.silence = .seconds(60)
    limits.handshake = .seconds(60)
    limits.drain = .seconds(60)
    return limits
  }
}

func coding(_ codec: CodecName, _ bits: Int) throws -> CodingSettings {
  CodingSettings(codec: try CodecSettings(codec: codec, bits: #require(BitDepth(bits))))
}

/// Hands frames to a tail and gathers the answers, with the connection running beside, and the server where
/// that runs here.
func answers(
  to frames: [OutgoingFrame], from tail: RemoteTail, at server: TailServer? = nil,
  each: @escaping @Sendable (RemoteAnswer) -> Void = { _ in }
) async throws -> [RemoteAnswer] {
  try await withThrowingTaskGroup(of: [RemoteAnswer]?.self) { group in
    if let server {
      group.addTask {
        try await server.run()
        return nil
      }
    }
    group.addTask {
      try await tail.run()
      return nil
    }
    group.addTask {
      for frame in frames { try await tail.submit(frame) }
      tail.finish()
      return nil
    }
    group.addTask {
      var answers: [RemoteAnswer] = []
      for _ in frames {
        let answer = try await tail.answer()
        each(answer)
        answers.append(answer)
      }
      return answers
    }
    defer { group.cancelAll() }
    while let result = try await group.next() {
      if let result {
        await tail.isThrough()
        return result
      }
    }
    return []
  }
}

extension RemoteAnswer {
  var boxes: [Detection]? {
    if case .detected(let found) = outcome { found.boxes } else { nil }
  }
}
