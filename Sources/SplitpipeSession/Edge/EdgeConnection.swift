internal import FoundationEssentials
import SplitpipeCodec
import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeModel
import SplitpipeProtocol
import SplitpipeStatistics
import Synchronization

/// One connection of a session: says Hello, sends what waits, takes what comes, and watches whether the
/// server is still there.
final class EdgeConnection: Sendable {
  private let tail: RemoteTail
  private let epoch: UInt64
  /// Codes packets, off the shared pool.
  private let thread: WorkThread
  private let request = KeyRequest()
  private let welcomed = Atomic(false)
  /// Number of the key frame sent last; a wish that is older than it has been met.
  private let lastKey = Atomic<UInt32>(0)
  /// Set by the server's Goodbye: nothing more is sent.
  private let isLeaving = Mutex<SessionProblem?>(nil)

  init(_ tail: RemoteTail, epoch: UInt64, thread: WorkThread) {
    self.tail = tail
    self.epoch = epoch
    self.thread = thread
  }

  /// Whether it came as far as the server's Welcome.
  var wasWelcome: Bool { welcomed.load(ordering: .acquiring) }

  private enum Part: Sendable { case sender, receiver, pinger, watch }

  /// Speaks with the server until all frames have their answers.
  ///
  /// - Throws: `SessionProblem`, `CancellationError`, what coding throws.
  func converse(_ stream: EdgeStream) async throws {
    try await stream.send(EdgeMessage(.hello(try tail.hello(epoch: epoch))))
    let welcome = try await welcome(stream)
    tail.state.change { state in
      state.statistics.connections += 1
      state.statistics.server = welcome.server
      state.gate.isConnected = true
      state.gate.maximumRate = welcome.maxFrameRate > 0 ? welcome.maxFrameRate : nil
      state.lastHeard = .now
    }
    welcomed.store(true, ordering: .releasing)
    try await withThrowingTaskGroup(of: Part.self) { group in
      group.addTask(executorPreference: thread) {
        try await self.sendFrames(stream, welcome)
        return .sender
      }
      group.addTask {
        try await self.receive(stream)
        return .receiver
      }
      group.addTask {
        try await self.ping(
          stream, every: .milliseconds(max(20, Int64(welcome.pingIntervalMs))))
        return .pinger
      }
      group.addTask {
        try await self.watch(for: .milliseconds(max(100, Int64(welcome.silenceMs))))
        return .watch
      }
      defer { group.cancelAll() }
      while let part = try await group.next() {
        guard part == .receiver else { continue }
        // The server has closed the stream: after our Goodbye, or because it leaves.
        if tail.state.look(\.isDone) { return }
        throw isLeaving.withLock { $0 }
          ?? SessionProblem(.unavailable, "the server ended the stream")
      }
    }
  }

  private func welcome(_ stream: EdgeStream) async throws -> Welcome {
    guard let message = try await stream.receive() else {
      throw SessionProblem(.unavailable, "the server ended the stream before its Welcome")
    }
    switch message.kind {
    case .welcome(let welcome):
      guard welcome.protocol == protocolVersion else {
        throw SessionProblem(
          .failedPrecondition,
          "the server speaks version \(welcome.protocol) of the protocol, expected "
            + "\(protocolVersion); use splitpipe of the same version on both sides")
      }
      return welcome
    case .goodbye(let goodbye): throw SessionProblem(goodbye)
    default:
      throw SessionProblem(.unavailable, "the server's first message was no Welcome")
    }
  }

  // MARK: sending

  private enum Next: Sendable {
    case frame(EdgeState.Entry)
    case end
  }

  /// Codes and sends frames for as long as there are any.
  private func sendFrames(_ stream: EdgeStream, _ welcome: Welcome) async throws {
    var quantize = try QuantizeStep(tail.settings.coding, request: request)
    var encode = EncodeStep(tail.settings.coding.codec, fingerprint: tail.model.fingerprint)
    let mostFrames = max(1, Int(welcome.maxUnackedFrames))
    let mostBytes = Int(welcome.maxUnackedBytes)
    while true {
      let next: Next = try await tail.state.when { state in
        if state.isDone { return .end }
        let (frames, bytes) = state.unacknowledged
        guard self.isLeaving.withLock({ $0 == nil }), frames < mostFrames,
          bytes < mostBytes || frames == 0, let place = state.firstWaiting
        else { return nil }
        return .frame(state.entries[place])
      }
      guard case .frame(var entry) = next else { break }
      let frame = entry.frame
      let quantized = try quantize.quantize(frame.frontier, of: frame.stamp, sizes: frame.sizes)
      let packet = try encode.encode(
        quantized, frontier: frame.frontier, of: frame.stamp, sizes: frame.sizes)
      let bytes = packet.serialized()
      if !entry.isObserved {
        entry.change = tail.analyser.withLock {
          $0.observe(frontier: frame.frontier, quantized: quantized.codes)
        }
      }
      guard bytes.count <= welcome.maxPacketBytes else {
        throw SessionProblem(
          .failedPrecondition,
          "the packet of frame \(frame.stamp.index) has \(bytes.count) bytes, the server takes at "
            + "most \(welcome.maxPacketBytes); choose fewer --bits or another --split")
      }
      let cost = PacketCost(
        rawBytes: frame.frontier.rawBytes, wireBytes: bytes.count,
        isKey: quantized.dependency == .key, clamped: quantized.clamped)
      let change = entry.change
      if cost.isKey { lastKey.store(packet.sequence, ordering: .releasing) }
      tail.state.change { state in
        guard let place = state.place(of: frame.stamp.index) else { return }
        state.entries[place].sent = (packet.sequence, bytes.count)
        state.entries[place].cost = cost
        state.entries[place].change = change
        state.entries[place].isObserved = true
        state.statistics.sent += 1
      }
      try await stream.send(EdgeMessage(.frame(message(of: frame, packet, bytes))))
    }
    var goodbye = Goodbye()
    goodbye.reason = .endOfStream
    try await stream.send(EdgeMessage(.goodbye(goodbye)))
  }

  private func message(
    of frame: OutgoingFrame, _ packet: Packet, _ bytes: [UInt8]
  ) -> FrameMessage {
    var message = FrameMessage()
    message.sequence = packet.sequence
    message.index = UInt64(clamping: frame.stamp.index)
    message.key = packet.dependency == .key
    message.capturedUs = frame.captured.microseconds
    message.sentUs = MonotonicTime.now.microseconds
    message.skippedBefore = UInt32(clamping: frame.skippedBefore)
    message.packet = Data(bytes)
    if frame.pixels != frame.sizes.source {
      message.pixelWidth = UInt32(clamping: frame.pixels.width)
      message.pixelHeight = UInt32(clamping: frame.pixels.height)
    }
    return message
  }

  // MARK: receiving

  private func receive(_ stream: EdgeStream) async throws {
    while let message = try await stream.receive() {
      let now = MonotonicTime.now
      tail.state.change { $0.lastHeard = now }
      switch message.kind {
      case .result(let result): try take(result, at: now)
      case .refusal(let refusal): try take(refusal)
      case .feedback(let feedback): take(feedback)
      case .pong(let pong): take(pong, at: now)
      case .goodbye(let goodbye): leave(goodbye)
      case .welcome, nil:
        throw SessionProblem(
          .unavailable, "the server sent a message that has no place in the protocol")
      }
    }
  }

  private func take(_ result: ResultMessage, at now: MonotonicTime) throws {
    let found = try boxes(of: result)
    tail.state.change { state in
      guard let index = Int(exactly: result.index), let place = state.place(of: index) else {
        return
      }
      let captured = state.entries[place].frame.captured
      let timing = RemoteTiming(
        endToEnd: .microseconds(now.microseconds(since: captured)),
        queue: .microseconds(Int64(result.queueUs)),
        restore: .microseconds(Int64(result.restoreUs)),
        tail: .microseconds(Int64(result.tailUs)))
      switch result.outcome {
      case .detected: state.answer(frame: index, .detected(found), timing: timing)
      case .shed, .UNRECOGNIZED: state.answer(frame: index, .shed, timing: timing)
      }
    }
  }

  private func boxes(of result: ResultMessage) throws(SessionProblem) -> RemoteBoxes {
    let classCount = tail.model.whole.classNames.count
    func detections(
      _ boxes: [Splitpipe_V1_Box], _ settings: DetectionSettings?
    ) throws(SessionProblem) -> [Detection] {
      let most = settings?.maximumDetections ?? 0
      guard boxes.count <= most else {
        throw SessionProblem(
          .failedPrecondition,
          "the server sent \(boxes.count) boxes of a frame, at most \(most) were asked for")
      }
      var detections: [Detection] = []
      for box in boxes { detections.append(try box.detection(classCount: classCount)) }
      return detections
    }
    var plausibility = Plausibility()
    plausibility.boxes = Int(result.plausibilityBoxes)
    plausibility.outside = Int(result.plausibilityOutside)
    return RemoteBoxes(
      boxes: try detections(result.boxes, tail.settings.boxes),
      scored: try detections(result.scored, tail.settings.scored), plausibility: plausibility)
  }

  private func take(_ refusal: Refusal) throws {
    if refusal.fatal { throw SessionProblem(.unavailable, refusal.text) }
    if refusal.sequence >= lastKey.load(ordering: .acquiring) { request.request() }
    tail.state.change { state in
      state.statistics.refused += 1
      guard let index = Int(exactly: refusal.index), let place = state.place(of: index),
        state.entries[place].sent?.sequence == refusal.sequence
      else { return }
      if tail.settings.delivery == .everyFrame {
        state.rewind(to: refusal.sequence)
      } else {
        state.answer(frame: index, .refused(refusal.text), timing: nil)
      }
    }
  }

  private func take(_ feedback: Feedback) {
    // Packets are numbered from 0: so many had come when the server wished for a key frame.
    if feedback.keyWanted, feedback.received > lastKey.load(ordering: .acquiring) {
      request.request()
    }
    tail.state.change { state in
      if feedback.keyWanted { state.statistics.keyRequests += 1 }
      state.gate.maximumRate = feedback.maxFrameRate > 0 ? feedback.maxFrameRate : nil
    }
  }

  private func take(_ pong: Pong, at now: MonotonicTime) {
    tail.state.change { state in
      let roundTrip = state.clock.add(
        sent: MonotonicTime(microseconds: pong.t0Us),
        received: MonotonicTime(microseconds: pong.t1Us),
        answered: MonotonicTime(microseconds: pong.t2Us), returned: now)
      guard let roundTrip else { return }
      state.statistics.roundTrips.record(roundTrip)
      state.statistics.clockOffset = state.clock.offset
      state.statistics.clockError = state.clock.error
    }
  }

  private func leave(_ goodbye: Goodbye) {
    isLeaving.withLock { $0 = SessionProblem(goodbye) }
    tail.state.change { $0.gate.isConnected = false }
  }

  // MARK: watching

  /// Pings for as long as the connection lasts; where that is full, a ping waits as everything else does.
  private func ping(_ stream: EdgeStream, every interval: Duration) async throws {
    var ping = Ping()
    while true {
      ping.id += 1
      ping.t0Us = MonotonicTime.now.microseconds
      try await stream.send(EdgeMessage(.ping(ping)))
      try await Task.sleep(for: interval)
    }
  }

  /// Ends the connection when nothing is heard of the server any more.
  private func watch(for silence: Duration) async throws {
    while true {
      let heard = tail.state.look(\.lastHeard)
      let left = (heard + silence).microseconds(since: .now)
      guard left > 0 else {
        throw SessionProblem(
          .unavailable, "nothing was heard of the server for \(silence.milliseconds) ms")
      }
      try await Task.sleep(for: .microseconds(left))
    }
  }
}

extension SessionProblem {
  init(_ goodbye: Goodbye) {
    let wait =
      goodbye.reconnectAfterMs > 0 ? Duration.milliseconds(Int64(goodbye.reconnectAfterMs)) : nil
    self.init(
      .unavailable, goodbye.text.isEmpty ? "the server took leave" : goodbye.text,
      retryAfter: wait)
  }
}
