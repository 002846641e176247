import Foundation
import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeModel
import SplitpipeProtocol
import SplitpipeSession
import SwiftProtobuf
import Synchronization

/// What an edge sends to a server, and a server to an edge: messages, each behind two bytes of length.
///
/// Both ends run as they do behind a connection, on a small detector whose tail is a stand-in: what is
/// looked at here is what becomes of messages.
private enum Ends {
  static let model = Result { try cutDetector() }

  /// Runs for as long as the process does.
  static let server = Result {
    var limits = ServerLimits()
    // Quick executions are no greed.
    limits.leastFrameRate = 1e9
    limits.frameBurst = 1e9
    limits.load = .infinity
    let server = try TailServer(model.get(), workers: [model.get()], limits: limits)
    Task { try await server.run() }
    return server
  }

  static let sizes = FrameSizes(
    source: PixelSize(width: 64, height: 48), input: PixelSize(width: 32, height: 32))

  /// The small detector of the seeds, cut behind its convolution.
  private static func cutDetector() throws -> SplitModel {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fuzz/Seeds/onnx/detector.onnx").standardized.path
    let model = try loadModel(path: path)
    let crossing = try SplitModel(model: model, split: "0", engine: StandInEngine(inputs: []))
      .crossing(at: sizes.input)
    return SplitModel(
      model: model, split: "0", engine: StandInEngine(inputs: crossing.map(\.name)))
  }

  /// What would cross of a frame.
  static func frontier(_ index: Int) throws -> Frontier {
    let tensors = try model.get().crossing(at: sizes.input).map { description in
      let values = (0..<description.shape.count).map { Float(($0 * 7 + index) % 11) }
      return NamedTensor(
        name: description.name, tensor: Tensor(shape: description.shape, values: values))
    }
    return Frontier(tensors: tensors)
  }

  static func settings(_ delivery: Delivery) throws -> EdgeSettings {
    guard let camera = CameraName("cam"), let bits = BitDepth(4) else {
      throw SplitpipeError(.bug, "no name for a camera")
    }
    let coding = CodingSettings(codec: try CodecSettings(codec: .context, bits: bits))
    var settings = EdgeSettings(
      camera: camera, delivery: delivery, coding: coding, boxes: .evaluation, sizes: sizes)
    settings.scored = .evaluation
    settings.patience = .zero
    settings.firstWait = .zero
    return settings
  }
}

/// Compiles whatever it is given into the detector's output: the first values that cross.
private struct StandInEngine: InferenceEngine {
  private struct Tail: CompiledGraph {
    let inputNames: [String]
    let outputNames = ["output"]

    func run(_ inputs: [InferenceInput]) throws -> [Tensor<Float>] {
      let shape = Shape([1, 5, 21])
      guard case .floats(let tensor)? = inputs.first else { return [] }
      let values = (0..<shape.count).map { place in
        place < tensor.shape.count ? StandInEngine.squashed(tensor.values[place]) : 0
      }
      return [Tensor(shape: shape, values: values)]
    }
  }

  let inputs: [String]
  let description = "stand-in"

  /// As a network's last sigmoid leaves it.
  private static func squashed(_ value: Float) -> Float {
    value.isFinite ? abs(value) / (1 + abs(value)) : 0.5
  }

  func compile(onnx model: [UInt8], name: String, precision: Precision, threads: Int?) throws
    -> any CompiledGraph
  {
    Tail(inputNames: inputs)
  }
}

/// The messages of an input.
private final class Script: Sendable {
  private let rest: Mutex<ArraySlice<UInt8>>

  init(_ bytes: some Collection<UInt8>) { rest = Mutex(Array(bytes)[...]) }

  /// The bytes of the next message; nil at the end.
  func next() -> [UInt8]? {
    rest.withLock { rest in
      guard rest.count > 2 else { return nil }
      let length = Int(rest.removeFirst()) | Int(rest.removeFirst()) << 8
      defer { rest = rest.dropFirst(length) }
      return Array(rest.prefix(length))
    }
  }

  static func bytes(_ messages: [[UInt8]]) -> [UInt8] {
    messages.flatMap { [UInt8($0.count & 0xFF), UInt8($0.count >> 8)] + $0 }
  }
}

/// Runs to its end what suspends.
private func waiting<Result: Sendable>(
  for body: @escaping @Sendable () async throws -> Result
) throws -> Result {
  let done = DispatchSemaphore(value: 0)
  let outcome = Mutex<Swift.Result<Result, any Error>?>(nil)
  Task {
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    outcome.withLock { $0 = result }
    done.signal()
  }
  done.wait()
  guard let result = outcome.withLock({ $0 }) else { preconditionFailure("it has an outcome") }
  return try result.get()
}

// MARK: The server

/// One stream to a server: it ends with a `SessionProblem`, or every frame has its answer.
func fuzzServer(_ bytes: [UInt8]) throws {
  let server = try Ends.server.get()
  let script = Script(bytes)
  let frames = Atomic(0)
  let answers = Atomic(0)
  let isWelcome = Atomic(false)
  let stream = ServerStream(
    send: { message in
      switch message.kind {
      case .welcome:
        precondition(!isWelcome.exchange(true, ordering: .relaxed), "one Welcome")
      case .result, .refusal: answers.add(1, ordering: .relaxed)
      default: break
      }
      precondition(isWelcome.load(ordering: .relaxed), "the first message is the Welcome")
    },
    receive: {
      guard let next = script.next() else { return nil }
      // As the transport refuses bytes that are no message.
      guard let message = try? EdgeMessage(serializedBytes: next) else {
        throw SessionProblem(.invalidArgument, "no message")
      }
      if case .frame? = message.kind { frames.add(1, ordering: .relaxed) }
      return message
    })
  let peer = Peer(.cameras(Set([CameraName("cam")].compactMap(\.self))), address: "here")
  do {
    try waiting { try await server.serve(stream, peer: peer) }
    let counts = (frames.load(ordering: .relaxed), answers.load(ordering: .relaxed))
    precondition(counts.0 == counts.1, "\(counts.0) frames, \(counts.1) answers")
  } catch let problem as SessionProblem {
    precondition(problem.code != .internalError, "a fault of the server: \(problem)")
  }
  precondition(server.describe().sessions == 0, "state dies with its stream")
}

/// A session as an edge has it, with changes of delivery, pings and a goodbye.
func serverSeeds() throws -> [[UInt8]] {
  try Delivery.allCases.map { delivery in
    let sent = Mutex<[[UInt8]]>([])
    let tail = RemoteTail(
      try Ends.model.get(), settings: try Ends.settings(delivery),
      transport: InputTransport(
        answers: Script(welcome(allowing: 8)),
        sent: { message in
          guard let bytes: [UInt8] = try? message.serializedBytes() else { return }
          sent.withLock { $0.append(bytes) }
        }))
    _ = try? converse(with: tail, frames: 4)
    return Script.bytes(sent.withLock { $0 })
  }
}

// MARK: The edge

/// Takes what the edge sends, and brings what a server would say.
private struct InputTransport: SessionTransport {
  let answers: Script
  let sent: @Sendable (EdgeMessage) -> Void
  let description = "input"
  let traffic = (up: 0, down: 0)
  private let isUsed = Flag()

  private final class Flag: Sendable { let isSet = Atomic(false) }

  init(answers: Script, sent: @escaping @Sendable (EdgeMessage) -> Void) {
    self.answers = answers
    self.sent = sent
  }

  func withStream(_ body: @escaping @Sendable (EdgeStream) async throws -> Void) async throws {
    guard !isUsed.isSet.exchange(true, ordering: .relaxed) else {
      throw SessionProblem(.failedPrecondition, "one connection an input")
    }
    let (answers, sent) = (answers, sent)
    try await body(
      EdgeStream(
        send: { sent($0) },
        receive: {
          // What was handed over has its turn.
          for _ in 0..<20 { await Task.yield() }
          guard let next = answers.next() else {
            throw SessionProblem(.failedPrecondition, "the input ends")
          }
          guard let message = try? ServerMessage(serializedBytes: next) else {
            throw SessionProblem(.failedPrecondition, "no message")
          }
          return message
        }))
  }
}

/// Hands frames to a tail, and takes what becomes of them.
private func converse(with tail: RemoteTail, frames: Int) throws {
  let classes = try Ends.model.get().whole.classNames.count
  let outgoing = try (0..<frames).map { index in
    OutgoingFrame(
      stamp: FrameStamp(index: index, seconds: Double(index)), frontier: try Ends.frontier(index),
      sizes: Ends.sizes, pixels: Ends.sizes.source, captured: .now)
  }
  try waiting {
    async let connection: Void = tail.run()
    for frame in outgoing { try await tail.submit(frame) }
    tail.finish()
    try await connection
    for frame in outgoing {
      let answer = try await tail.answer()
      precondition(answer.stamp == frame.stamp, "answers come in order")
      guard case .detected(let found) = answer.outcome else { continue }
      for detection in found.boxes + found.scored {
        let box = detection.box
        precondition(
          [box.x1, box.y1, box.x2, box.y2, detection.confidence].allSatisfy(\.isFinite)
            && (0..<classes).contains(detection.classIndex), "boxes are boxes")
      }
    }
  }
}

/// What a server says to an edge that has a few frames to send; the first bit of the first byte chooses the
/// delivery.
func fuzzEdge(_ bytes: [UInt8]) throws {
  guard let first = bytes.first else { return }
  let settings = try Ends.settings(first & 1 == 0 ? .everyFrame : .live)
  let tail = RemoteTail(
    try Ends.model.get(), settings: settings,
    transport: InputTransport(answers: Script(bytes.dropFirst()), sent: { _ in }))
  do {
    try converse(with: tail, frames: 4)
  } catch let error as SplitpipeError {
    precondition(
      error.kind == .unavailable || error.kind == .usage, "refused as \(error.kind): \(error)")
  }
}

private func welcome(allowing frames: UInt32) -> [UInt8] {
  var welcome = Welcome()
  welcome.protocol = protocolVersion
  welcome.epoch = 1
  welcome.maxPacketBytes = 1 << 20
  welcome.maxUnackedFrames = frames
  welcome.maxUnackedBytes = 1 << 20
  welcome.pingIntervalMs = 200
  welcome.silenceMs = 1_000
  welcome.server = "splitpipe"
  let message: [UInt8]? = try? ServerMessage(.welcome(welcome)).serializedBytes()
  return Script.bytes([message ?? []])
}

/// What servers say.
func edgeSeeds() throws -> [[UInt8]] {
  var box = Splitpipe_V1_Box()
  (box.x0, box.y0, box.x1, box.y1, box.score) = (1, 2, 30, 40, 0.5)
  func result(_ index: UInt64, _ outcome: Splitpipe_V1_Outcome) -> ServerMessage {
    var result = ResultMessage()
    result.index = index
    result.sequence = UInt32(index)
    result.outcome = outcome
    result.boxes = [box]
    result.scored = [box, box]
    result.tailUs = 3
    return ServerMessage(.result(result))
  }
  var refusal = Refusal()
  refusal.index = 1
  refusal.sequence = 1
  refusal.code = .badPacket
  refusal.text = "damaged"
  var feedback = Feedback()
  feedback.received = 2
  feedback.keyWanted = true
  feedback.reason = .lost
  feedback.maxFrameRate = 10
  var pong = Pong()
  pong.id = 1
  (pong.t0Us, pong.t1Us, pong.t2Us) = (1, 2, 3)
  var goodbye = Goodbye()
  goodbye.reason = .shutdown
  goodbye.reconnectAfterMs = 1
  let all = (0..<4).map { result($0, .detected) }
  let mixed = [
    result(0, .detected), ServerMessage(.refusal(refusal)), ServerMessage(.feedback(feedback)),
    ServerMessage(.pong(pong)), result(1, .detected), result(2, .shed), result(3, .detected),
  ]
  let leaving = [result(0, .detected), ServerMessage(.goodbye(goodbye))]
  return try [all, mixed, leaving].flatMap { messages in
    let bytes = try messages.map { message -> [UInt8] in try message.serializedBytes() }
    return [[0], [1]].map { $0 + welcome(allowing: 8) + Script.bytes(bytes) }
  }
}
