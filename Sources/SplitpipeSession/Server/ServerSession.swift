import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeProtocol

/// One camera's stream at the server: all that is remembered of it, gone with it.
final class ServerSession: Sendable {
  /// One stream of this process; no two have the same.
  typealias Identifier = UInt64

  /// A message that waits to be written.
  struct Waiting: Sendable {
    var message: ServerMessage
    /// Bytes of the accepted packet that it answers; nil where it answers none.
    var packetBytes: Int?
  }

  struct State: Sendable {
    /// Messages that wait to be written: a result for each frame accepted, of which there are no more than
    /// the window allows, and a bounded number of others.
    var outbox: [Waiting] = []
    /// Frames accepted whose answer has not been written, and the bytes of their packets.
    var unanswered = (frames: 0, bytes: 0)
    var received = 0
    var restored = 0
    var receivedBytes = 0
    /// When something came last.
    var lastHeard: MonotonicTime
    /// The edge has no more to send.
    var hasEnded = false
    /// What ends the stream at once.
    var problem: SessionProblem?
  }

  let identifier: Identifier
  let request: CameraRequest
  let peer: Peer
  let state: Monitor<State>

  init(_ identifier: Identifier, _ request: CameraRequest, peer: Peer) {
    self.identifier = identifier
    self.request = request
    self.peer = peer
    state = Monitor(State(lastHeard: .now))
  }

  /// Ends the stream at once.
  func end(_ problem: SessionProblem) {
    state.change { if $0.problem == nil { $0.problem = problem } }
  }

  /// Messages that wait to be written at most, beyond which the edge does not read.
  private static let mostWaiting = 256

  /// Queues a message that answers no accepted frame.
  func post(_ message: ServerMessage) {
    state.change { state in
      guard state.outbox.count < Self.mostWaiting else {
        state.problem =
          state.problem
          ?? SessionProblem(
            .resourceExhausted, "\(Self.mostWaiting) messages wait, and the camera reads none")
        return
      }
      state.outbox.append(Waiting(message: message))
    }
  }

  /// Queues the answer to an accepted frame.
  ///
  /// - Parameters:
  ///   - job: the frame.
  ///   - result: the answer.
  func answer(_ job: TailJob, _ result: ResultMessage) {
    let message = ServerMessage(.result(result))
    state.change { $0.outbox.append(Waiting(message: message, packetBytes: job.packetBytes)) }
  }
}

/// A frame whose tensors are restored, on its way to the tail.
struct TailJob: Sendable {
  let session: ServerSession
  let frame: RestoredFrame
  let sequence: UInt32
  let packetBytes: Int
  /// As the edge says, returned to it.
  let captured: Int64
  /// In which boxes are wanted; nil for the picture as it is shown.
  let pixels: PixelSize?
  let queued: MonotonicTime
  let restoring: Duration

  /// The answer, but for what was found.
  func result(at time: MonotonicTime, _ outcome: SplitpipeProtocol.Splitpipe_V1_Outcome)
    -> ResultMessage
  {
    var result = ResultMessage()
    result.index = UInt64(clamping: frame.stamp.index)
    result.sequence = sequence
    result.capturedUs = captured
    result.outcome = outcome
    result.queueUs = UInt32(clamping: time.microseconds(since: queued))
    result.restoreUs = UInt32(clamping: restoring.microseconds)
    result.sentUs = MonotonicTime.now.microseconds
    return result
  }

  /// Runs the tail and looks for boxes.
  ///
  /// - Parameter model: compiled for the worker that calls this.
  /// - Returns: the answer.
  /// - Throws: what running the tail throws.
  func work(_ model: SplitModel) throws -> ResultMessage {
    let began = MonotonicTime.now
    var result = result(at: began, .detected)
    let output = try model.runTail(frame.frontier, at: frame.letterbox.input)
    let letterbox = pixels.map { frame.letterbox.mapping(to: $0) } ?? frame.letterbox
    let (boxes, scored) = (session.request.boxes, session.request.scored)
    let candidates = try boxes.candidates(
      in: output, letterbox: letterbox,
      confidence: min(
        boxes.settings.confidence, scored?.settings.confidence ?? boxes.settings.confidence))
    result.boxes = candidates.detections(boxes.settings).map(Splitpipe_V1_Box.init)
    if let scored {
      result.scored = candidates.detections(scored.settings).map(Splitpipe_V1_Box.init)
    }
    let plausibility = candidates.plausibility
    result.plausibilityBoxes = UInt32(clamping: plausibility.boxes)
    result.plausibilityOutside = UInt32(clamping: plausibility.outside)
    let now = MonotonicTime.now
    result.tailUs = UInt32(clamping: now.microseconds(since: began))
    result.sentUs = now.microseconds
    return result
  }
}
