import SplitpipeCodec
import SplitpipeConcurrency
import SplitpipeCore
package import SplitpipeEndpoints
import SplitpipeModel
import SplitpipeProtocol
import Synchronization

/// Runs the tail of one model for many cameras.
///
/// Each stream has a decoder of its own, which dies with it. Packets of a camera are restored in order; of
/// a live camera the newest frame waits for the tail, and an older one is answered as shed. The tail's
/// time is shared alike between cameras.
package final class TailServer: Sendable {
  struct Registry: Sendable {
    var sessions: [CameraName: ServerSession] = [:]
    var isDraining = false
    var lastIdentifier: ServerSession.Identifier = 0
  }

  /// Restores packets and says what crosses.
  package let model: SplitModel
  package let limits: ServerLimits
  /// A compiled tail each.
  private let workers: [SplitModel]
  private let restorer: WorkThread
  let registry = Monitor(Registry())
  let schedule: Monitor<FairSchedule<ServerSession.Identifier, TailJob>>
  let log: @Sendable (String) -> Void
  /// What `givenRate()` found last, and until when cameras are told that.
  let lastGivenRate = Mutex<(rate: Double?, until: MonotonicTime)?>(nil)

  /// - Parameters:
  ///   - model: what restores packets.
  ///   - workers: the same model, once for each inference at a time.
  ///   - limits: what is taken.
  ///   - usualCost: seconds that a run of the tail is taken to need until some have been seen.
  ///   - log: takes sentences on cameras that come and go.
  /// - Throws: `unavailable` if the system has no thread left.
  package init(
    _ model: SplitModel, workers: [SplitModel], limits: ServerLimits = ServerLimits(),
    usualCost: Double = 0.02, log: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    precondition(!workers.isEmpty, "a server has at least one worker")
    self.model = model
    self.workers = workers
    self.limits = limits
    self.log = log
    restorer = try WorkThread()
    schedule = Monitor(FairSchedule(usualCost: usualCost))
  }

  deinit { restorer.stop() }

  /// Restores off the shared pool.
  var restoring: WorkThread { restorer }

  /// Inferences at a time.
  var workerCount: Int { workers.count }

  /// Runs the tail for whoever waits, until the task is cancelled.
  ///
  /// - Throws: `CancellationError`; `unavailable` if the system has no thread left.
  package func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in workers {
        let thread = try WorkThread()
        group.addTask(executorPreference: thread) {
          defer { thread.stop() }
          try await self.work(worker)
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func work(_ model: SplitModel) async throws {
    while true {
      let (identifier, job) = try await schedule.when { $0.next() }
      let began = MonotonicTime.now
      do {
        job.session.answer(job, try job.work(model))
      } catch {
        // Tensors that the tail cannot take end the stream that brought them, and nothing else.
        log("\(job.session.request.camera): frame \(job.frame.stamp.index): \(error)")
        job.session.end(
          SessionProblem(
            .internalError, "the tail failed at frame \(job.frame.stamp.index): \(error)"))
      }
      let seconds = Double(MonotonicTime.now.microseconds(since: began)) / 1e6
      schedule.change { $0.done(identifier, seconds: seconds) }
    }
  }

  /// What this server runs, and how busy it is.
  package func describe() -> DescribeReply {
    var described = Splitpipe_V1_Model()
    described.fingerprint = model.fingerprint.value
    described.split = model.split
    described.classes = model.whole.classNames
    let input = model.whole.geometry.largestInput
    described.crossing = ((try? model.crossing(at: input)) ?? []).map(
      Splitpipe_V1_TensorShape.init)
    var reply = DescribeReply()
    reply.models = [described]
    reply.maxSessions = UInt32(clamping: limits.sessions)
    let sessions = registry.look { Array($0.sessions.values) }
    reply.sessions = UInt32(clamping: sessions.count)
    reply.load = load(of: sessions)
    return reply
  }

  /// Whether new cameras are welcome.
  package var isReady: Bool { registry.look { !$0.isDraining } }

  /// Stops: no camera is taken any more, those there are told, what was accepted is finished.
  ///
  /// Returns when all streams are done, or their time is over.
  package func drain() async {
    let sessions = registry.change { registry in
      registry.isDraining = true
      return Array(registry.sessions.values)
    }
    for session in sessions {
      var goodbye = Goodbye()
      goodbye.reason = .shutdown
      goodbye.text = "the server is stopping"
      goodbye.reconnectAfterMs = UInt32.random(
        in: 0...UInt32(clamping: limits.reconnectSpread.milliseconds))
      session.post(ServerMessage(.goodbye(goodbye)))
      session.state.change { $0.hasEnded = true }
    }
    let registry = registry
    _ = try? await within(limits.drain, orThrow: SessionProblem(.deadlineExceeded, "")) {
      try await registry.when { $0.sessions.isEmpty ? true : nil }
    }
    for session in sessions {
      session.end(SessionProblem(.unavailable, "the server is stopping"))
    }
  }
}
