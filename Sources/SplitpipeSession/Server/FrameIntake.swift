import SplitpipeCodec
import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeProtocol

/// Takes the frames of one stream: holds them against the limits, restores their tensors, hands them on.
///
/// A packet of no use changes nothing and ends nothing; it is answered by a Refusal, and a key frame is
/// asked for.
struct FrameIntake {
  private let server: TailServer
  private let session: ServerSession
  private let restorer: PacketRestorer
  private var rate: TokenBucket?
  private var keyRequests: TokenBucket
  private let wish = KeyRequest()

  init(_ server: TailServer, _ session: ServerSession) {
    self.server = server
    self.session = session
    restorer = PacketRestorer(
      RestoreStep(server.model, request: wish), on: server.restoring)
    let limits = server.limits
    rate = session.request.frameRate.map { announced in
      let most = max(limits.leastFrameRate, announced * 2)
      return TokenBucket(rate: most, burst: most * limits.frameBurst, at: .now)
    }
    keyRequests = TokenBucket(
      rate: limits.keyRequestsPerSecond, burst: limits.keyRequestsPerSecond, at: .now)
  }

  /// Takes a frame.
  ///
  /// - Parameters:
  ///   - message: whatever came.
  ///   - time: when.
  /// - Throws: `SessionProblem` for an edge that does not keep to the protocol.
  mutating func take(_ message: FrameMessage, at time: MonotonicTime) async throws {
    let limits = server.limits
    let packet = message.packet
    let unanswered = session.state.change { state in
      state.received += 1
      state.receivedBytes += packet.count
      return state.unanswered
    }
    guard packet.count <= limits.packetBytes else {
      let text = "a packet of \(packet.count) bytes, this server takes \(limits.packetBytes)"
      return refuse(message, .tooLarge, text, at: time)
    }
    if rate != nil, rate?.take(at: time) == false {
      return refuse(message, .tooFast, "more frames than the camera announced", at: time)
    }
    guard unanswered.frames < limits.unacknowledgedFrames else {
      throw SessionProblem(
        .resourceExhausted,
        "\(unanswered.frames) frames are without an answer, and the Welcome allows "
          + "\(limits.unacknowledgedFrames)")
    }
    // One packet may have any size that is taken.
    guard unanswered.frames == 0 || unanswered.bytes < limits.unacknowledgedBytes else {
      throw SessionProblem(
        .resourceExhausted,
        "\(unanswered.bytes) bytes are without an answer, and the Welcome allows "
          + "\(limits.unacknowledgedBytes)")
    }
    let began = MonotonicTime.now
    switch try await restorer.restore([UInt8](packet)) {
    case .refused(let refusal):
      refuse(message, refusal.code, refusal.sentence, at: time)
    case .frame(let frame):
      guard frame.stamp.index == Int(clamping: message.index), frame.sequence == message.sequence
      else {
        throw SessionProblem(
          .invalidArgument,
          "frame \(message.index) (packet \(message.sequence)) carries the packet of frame "
            + "\(frame.stamp.index) (packet \(frame.sequence))")
      }
      let job = TailJob(
        session: session, frame: frame, sequence: message.sequence, packetBytes: packet.count,
        captured: message.capturedUs, pixels: try pixels(message), queued: .now,
        restoring: .microseconds(MonotonicTime.now.microseconds(since: began)))
      session.state.change { state in
        state.restored += 1
        state.unanswered.frames += 1
        state.unanswered.bytes += packet.count
      }
      let isLive = session.request.delivery == .live
      let displaced = server.schedule.change {
        $0.offer(job, of: session.identifier, replacing: isLive)
      }
      if let displaced { session.answer(displaced, displaced.result(at: .now, .shed)) }
    }
  }

  private func pixels(_ message: FrameMessage) throws -> PixelSize? {
    guard message.pixelWidth != 0 || message.pixelHeight != 0 else { return nil }
    let size = PixelSize(width: Int(message.pixelWidth), height: Int(message.pixelHeight))
    guard (1...65_535).contains(size.width), (1...65_535).contains(size.height) else {
      throw SessionProblem(.invalidArgument, "a picture of \(size) pixels")
    }
    return size
  }

  private mutating func refuse(
    _ message: FrameMessage, _ code: Splitpipe_V1_RefusalCode, _ text: String,
    at time: MonotonicTime
  ) {
    var refusal = Refusal()
    refusal.sequence = message.sequence
    refusal.index = message.index
    refusal.code = code
    refusal.text = text
    session.post(ServerMessage(.refusal(refusal)))
    // Once for all that lean on a packet that is lost.
    guard code == .tooLarge || code == .tooFast || wish.take(), keyRequests.take(at: time) else {
      return
    }
    let reason: Splitpipe_V1_KeyReason = code == .noBase ? .lost : .refused
    server.post(
      server.feedback(session, since: time, at: .now, key: reason), to: session)
  }
}

/// Restores the packets of one stream on a thread that many share, off the pool that it would hold up.
private actor PacketRestorer {
  private let thread: WorkThread
  private var step: RestoreStep

  init(_ step: RestoreStep, on thread: WorkThread) {
    self.step = step
    self.thread = thread
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.asUnownedSerialExecutor()
  }

  func restore(_ packet: [UInt8]) throws -> Restored { try step.restore(packet) }
}

extension PacketRefusal {
  /// The class that travels.
  fileprivate var code: Splitpipe_V1_RefusalCode {
    switch reason {
    case .missingBase: .noBase
    case .unreadable: .badPacket
    }
  }
}
