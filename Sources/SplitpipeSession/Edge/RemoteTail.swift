import SplitpipeCodec
import SplitpipeConcurrency
package import SplitpipeCore
package import SplitpipeEndpoints
import SplitpipeProtocol
import Synchronization

/// The tail of a network on another machine: frames in whose head has been run, boxes out, in order.
///
/// It keeps what it has been given until the answer is there. Quantizer and coder belong to one
/// connection: a new one begins with a key frame, and in every-frame delivery with the first frame that
/// has no answer.
package final class RemoteTail: Sendable {
  package let settings: EdgeSettings
  let model: SplitModel
  private let transport: any SessionTransport
  /// 16 random bytes that name this run.
  let session: [UInt8]
  /// Says of connections what a person may want to know.
  private let log: @Sendable (String) -> Void
  let state: Monitor<EdgeState>
  /// Sees each frame once, whatever connection it leaves by.
  let analyser = Mutex(TemporalAnalyser())

  /// - Parameters:
  ///   - model: of which only the head is compiled here.
  ///   - settings: what is asked of the server.
  ///   - transport: leads to it.
  ///   - log: takes sentences on connections that were lost and found again.
  package init(
    _ model: SplitModel, settings: EdgeSettings, transport: any SessionTransport,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.model = model
    self.settings = settings
    self.transport = transport
    self.log = log
    session = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
    state = Monitor(
      EdgeState(gate: Gate(budget: settings.latencyBudget, mostWindow: settings.window)))
  }

  /// Where it is.
  package var description: String { transport.description }

  /// What the connections went through so far.
  package var statistics: LinkStatistics {
    let traffic = transport.traffic
    return state.look { state in
      var statistics = state.statistics
      statistics.bytesUp = traffic.up
      statistics.bytesDown = traffic.down
      return statistics
    }
  }

  /// Hands over a frame; suspends while as many as the window allows are without an answer.
  ///
  /// - Parameter frame: of a greater index than the one before.
  /// - Throws: `CancellationError`; what the server has against this session.
  package func submit(_ frame: OutgoingFrame) async throws {
    let window = settings.window
    _ = try await state.when { state -> Bool? in
      if let refused = state.refused { throw refused }
      guard state.entries.count < window else { return nil }
      state.entries.append(EdgeState.Entry(frame, isLost: state.isOver))
      return true
    }
  }

  /// The answer to the first frame handed over whose answer was not taken yet; suspends until it is
  /// there.
  ///
  /// - Throws: `CancellationError`; what the server has against this session.
  package func answer() async throws -> RemoteAnswer {
    try await state.when { state -> RemoteAnswer? in
      if let refused = state.refused { throw refused }
      guard let answer = state.entries.first?.answer else { return nil }
      state.entries.removeFirst()
      return answer
    }
  }

  /// No more frames come.
  package func finish() { state.change { $0.isFinished = true } }

  /// The source is to make no more frames; those under way are finished, where there is a connection.
  package func stop() { state.change { $0.isStopping = true } }

  /// Returns once the server has been told that all is done, or it is clear that it cannot be.
  package func isThrough() async {
    let state = state
    try? await within(.seconds(2), orThrow: SessionProblem(.deadlineExceeded, "")) {
      _ = try await state.when { $0.isClosed ? true : nil }
    }
  }

  /// Suspends until a frame may pass to the head, and lets it pass: in live delivery frames that would
  /// only wait are left out before any work is done on them.
  ///
  /// - Throws: `CancellationError`.
  /// - Returns: false once nothing can be handed over any more.
  package func admit() async throws -> Bool {
    guard settings.delivery == .live else { return !state.look(\.takesNoMore) }
    while true {
      let opening: Opening = try await state.when { state in
        if state.takesNoMore { return .never }
        if state.gate.isOpen(at: .now) {
          state.gate.admitted(at: .now)
          return .now
        }
        return state.gate.opensAt.map { .at($0) }
      }
      switch opening {
      case .now: return true
      case .never: return false
      case .at(let time):
        try await Task.sleep(for: .microseconds(max(100, time.microseconds(since: .now))))
      }
    }
  }

  private enum Opening: Sendable {
    case now, never
    case at(MonotonicTime)
  }

  /// Counts frames left out before the head.
  package func noteGated(_ count: Int) { state.change { $0.statistics.gated += count } }

  /// What ended the session before its end; frames without an answer are lost, all others are as good as
  /// ever.
  package var breakage: SplitpipeError? {
    let (failure, wasNeverThere) = state.look { state in
      (
        state.breakage ?? state.refused,
        state.isFinished && !state.isStopping && state.statistics.connections == 0
      )
    }
    guard failure == nil, wasNeverThere else { return failure }
    return SplitpipeError(
      .unavailable, "the server at \(description) did not answer before the input ended")
  }

  /// Keeps a connection to the server for as long as frames come.
  ///
  /// A server that refuses this session ends it: `submit` and `answer` throw what it says. So does one
  /// that cannot be reached at first. Once there has been a connection, one that is lost is made anew,
  /// for as long as the settings' patience lasts; after that `breakage` says so, and the frames without
  /// an answer are lost.
  ///
  /// - Throws: `CancellationError`.
  package func run() async throws {
    let thread = try WorkThread()
    defer {
      thread.stop()
      state.change { $0.isClosed = true }
    }
    var wait = settings.firstWait
    var lostAt: MonotonicTime?
    // Later than any connection of this camera before, on whatever machine, if its clock is right.
    var epoch = UInt64(clamping: wallClockMicroseconds())
    while true {
      epoch += 1
      let connection = EdgeConnection(self, epoch: epoch, thread: thread)
      do {
        try await attempt(connection)
        if state.look(\.isDone) { return }
        throw SessionProblem(.unavailable, "the server ended the stream")
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        try Task.checkCancellation()
        let problem = error as? SessionProblem
        let wasConnected = connection.wasWelcome
        if state.look(\.isDone) { return }
        let hasEverBeen = state.look { $0.statistics.connections > 0 }
        state.change { $0.disconnect(keepingFrames: settings.delivery == .everyFrame) }
        let sentence = problem?.text ?? "\(error)"
        guard let problem, problem.isPassing, hasEverBeen, !state.look(\.isStopping) else {
          end(problem, sentence, hasEverBeen: hasEverBeen)
          return
        }
        let now = MonotonicTime.now
        let since = wasConnected ? now : lostAt ?? now
        lostAt = since
        if let patience = settings.patience, since + patience < now {
          end(problem, sentence, hasEverBeen: true)
          return
        }
        if wasConnected {
          wait = settings.firstWait
          log("the connection to \(description) is lost (\(sentence)); connecting again")
        }
        // Cameras that lost their server together do not come back together.
        let jittered = wait * Double.random(in: 0.75...1.25)
        try await Task.sleep(for: max(jittered, problem.retryAfter ?? .zero))
        wait = min(wait * 2, settings.longestWait)
      }
    }
  }

  /// One connection, from its beginning to its end; one that does not come as far as a Welcome in time is
  /// given up.
  private func attempt(_ connection: EdgeConnection) async throws {
    let isFirst = state.look { $0.statistics.connections == 0 }
    let limit =
      isFirst || settings.delivery == .everyFrame ? settings.handshake : settings.liveReconnect
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await self.transport.withStream { try await connection.converse($0) }
        return true
      }
      group.addTask {
        try await Task.sleep(for: limit)
        guard !connection.wasWelcome else { return false }
        throw SessionProblem(
          .unavailable, "it does not answer within \(limit.milliseconds) ms")
      }
      defer { group.cancelAll() }
      while let isEnd = try await group.next() { if isEnd { return } }
    }
  }

  /// The session is over before its end.
  private func end(_ problem: SessionProblem?, _ sentence: String, hasEverBeen: Bool) {
    let error = SplitpipeError(
      problem?.kind ?? .unavailable, "the server at \(description): \(sentence)")
    state.change { state in
      if hasEverBeen { state.breakOff(error) } else { state.refused = error }
    }
  }
}

extension SessionProblem {
  /// The exit code that a person's mistake has, or that of a far side which is not there.
  fileprivate var kind: SplitpipeError.Kind {
    switch code {
    case .failedPrecondition, .invalidArgument: .usage
    default: .unavailable
    }
  }
}
