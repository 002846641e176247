import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeModel
import SplitpipeProtocol

extension TailServer {
  private enum Part: Sendable { case reader, writer, ticker }

  /// Serves one stream to its end.
  ///
  /// - Parameters:
  ///   - stream: of which nothing has been read.
  ///   - peer: who is at its other end.
  /// - Throws: `SessionProblem`, which the transport takes to the edge as a status;
  ///   `CancellationError`.
  package func serve(_ stream: ServerStream, peer: Peer) async throws {
    let late = SessionProblem(
      .deadlineExceeded, "no Hello came within \(limits.handshake.components.seconds) s")
    let hello = try await within(limits.handshake, orThrow: late) {
      try await self.hello(stream)
    }
    let request = try CameraRequest(hello, from: peer, model: model, limits: limits)
    let session = try claim(request, peer: peer)
    defer { release(session) }
    if request.frameRate != nil, let rate = givenRate(), rate < limits.leastGivenRate {
      throw SessionProblem(
        .resourceExhausted,
        "this server's time is spent: a new camera would get \(rate) frames a second",
        retryAfter: .seconds(10))
    }
    log("\(request.camera): connected from \(peer.address), \(request.software)")
    do {
      try await converse(stream, session)
      log("\(request.camera): done after \(session.state.look(\.received)) packets")
    } catch {
      log("\(request.camera): \(error)")
      throw error
    }
  }

  private func hello(_ stream: ServerStream) async throws -> Hello {
    guard case .hello(let hello)? = try await stream.receive()?.kind else {
      throw SessionProblem(.invalidArgument, "the first message is no Hello")
    }
    return hello
  }

  private func converse(_ stream: ServerStream, _ session: ServerSession) async throws {
    try await stream.send(ServerMessage(.welcome(welcome(session.request))))
    try await withThrowingTaskGroup(of: Part.self) { group in
      group.addTask {
        try await self.read(stream, session)
        return .reader
      }
      group.addTask {
        try await self.write(stream, session)
        return .writer
      }
      group.addTask {
        try await self.report(session)
        return .ticker
      }
      defer { group.cancelAll() }
      while let part = try await group.next() {
        // The writer ends when all that was accepted has been answered.
        if part == .writer { return }
      }
    }
  }

  private func welcome(_ request: CameraRequest) -> Welcome {
    var welcome = Welcome()
    welcome.protocol = protocolVersion
    welcome.epoch = request.epoch
    welcome.maxPacketBytes = UInt32(clamping: limits.packetBytes)
    welcome.maxUnackedBytes = UInt32(clamping: limits.unacknowledgedBytes)
    welcome.maxUnackedFrames = UInt32(clamping: limits.unacknowledgedFrames)
    welcome.maxFrameRate = request.frameRate.map { min($0, givenRate() ?? $0) } ?? 0
    welcome.pingIntervalMs = UInt32(clamping: limits.pingInterval.milliseconds)
    let silence =
      request.delivery == .live ? limits.liveServerSilence : limits.everyFrameServerSilence
    welcome.silenceMs = UInt32(clamping: silence.milliseconds)
    welcome.serverTimeUs = MonotonicTime.now.microseconds
    welcome.server = "splitpipe \(splitpipeVersion)"
    welcome.classes = model.whole.classNames
    return welcome
  }

  // MARK: reading

  private func read(_ stream: ServerStream, _ session: ServerSession) async throws {
    var intake = FrameIntake(self, session)
    while let message = try await stream.receive() {
      let now = MonotonicTime.now
      session.state.change { $0.lastHeard = now }
      switch message.kind {
      case .frame(let frame):
        // What is under way when this server takes leave goes to the one that comes after it.
        if session.state.look(\.hasEnded) { continue }
        try await intake.take(frame, at: now)
      case .ping(let ping):
        var pong = Pong()
        pong.id = ping.id
        pong.t0Us = ping.t0Us
        pong.t1Us = now.microseconds
        session.post(ServerMessage(.pong(pong)))
      case .report: break
      case .goodbye:
        session.state.change { $0.hasEnded = true }
        return
      case .hello, nil:
        throw SessionProblem(.invalidArgument, "a message that has no place after the Hello")
      }
    }
    session.state.change { $0.hasEnded = true }
  }

  // MARK: writing

  private func write(_ stream: ServerStream, _ session: ServerSession) async throws {
    while true {
      let message: ServerMessage? = try await session.state.when { state in
        if let problem = state.problem { throw problem }
        if !state.outbox.isEmpty {
          let waiting = state.outbox.removeFirst()
          if let bytes = waiting.packetBytes {
            state.unanswered.frames -= 1
            state.unanswered.bytes -= bytes
          }
          return .some(waiting.message)
        }
        // A message of nothing is the end.
        return state.hasEnded && state.unanswered.frames == 0 ? .some(nil) : nil
      }
      guard var message else { return }
      if case .pong(var pong)? = message.kind {
        pong.t2Us = MonotonicTime.now.microseconds
        message.kind = .pong(pong)
      }
      try await stream.send(message)
    }
  }

  // MARK: reporting

  /// Sends a Feedback at fixed intervals, and ends a stream of which nothing is heard.
  private func report(_ session: ServerSession) async throws {
    var before = MonotonicTime.now
    while true {
      try await Task.sleep(for: limits.feedbackInterval)
      let now = MonotonicTime.now
      let heard = session.state.look(\.lastHeard)
      guard now < heard + limits.silence else {
        throw SessionProblem(
          .deadlineExceeded,
          "nothing was heard of the camera for \(limits.silence.components.seconds) s")
      }
      post(feedback(session, since: before, at: now, key: nil), to: session)
      before = now
    }
  }

  /// Queues a Feedback in place of one that waits: an edge that does not read gets no more than one.
  func post(_ feedback: Feedback, to session: ServerSession) {
    session.state.change { state in
      let waiting = state.outbox.firstIndex {
        guard case .feedback(let old)? = $0.message.kind else { return false }
        return !old.keyWanted || feedback.keyWanted
      }
      let next = ServerSession.Waiting(message: ServerMessage(.feedback(feedback)))
      if let waiting { state.outbox[waiting] = next } else { state.outbox.append(next) }
    }
  }

  func feedback(
    _ session: ServerSession, since before: MonotonicTime, at now: MonotonicTime,
    key reason: Splitpipe_V1_KeyReason?
  ) -> Feedback {
    var feedback = Feedback()
    session.state.look { state in
      feedback.received = UInt32(clamping: state.received)
      feedback.restored = UInt32(clamping: state.restored)
      feedback.receivedBytes = UInt64(clamping: state.receivedBytes)
    }
    let (depth, cost) = schedule.look { schedule in
      (schedule.depth(of: session.identifier), schedule.cost(of: session.identifier))
    }
    feedback.intervalUs = UInt32(clamping: now.microseconds(since: before))
    feedback.queueDepth = UInt32(clamping: depth)
    feedback.tailMs = UInt32(clamping: Int64(cost * 1000))
    feedback.maxFrameRate =
      session.request.frameRate.map { min($0, recentGivenRate() ?? $0) } ?? 0
    if let reason {
      feedback.keyWanted = true
      feedback.reason = reason
    }
    return feedback
  }
}
