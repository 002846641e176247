internal import Glibc
import SplitpipeCore

/// The workers of a sweep over pictures.
///
/// Two pictures at once, each inferred by one core, are done sooner than one after the other by two:
/// no core waits for another at the end of every layer, nor while the other decodes, codes,
/// suppresses boxes or compiles.
struct SweepCrew {
  /// Each holds its compiled networks in memory.
  static let mostWorkers = 4

  let workers: [SweepWorker]

  /// - Parameters:
  ///   - model: the model, cut at every split.
  ///   - units: what to run.
  ///   - onlyNamed: whether only the tensor that the split names is quantized and counted.
  ///   - cores: how many this machine has.
  /// - Throws: `usage` for a quality out of range, `unavailable` without the runtime.
  init(
    model: EvaluatedModel, units: [SweepUnit], onlyNamed: Bool,
    cores: Int = sysconf(Int32(_SC_NPROCESSORS_ONLN))
  ) throws {
    let count = min(max(1, cores), Self.mostWorkers)
    workers = try (0..<count).map { _ in
      try SweepWorker(
        model: model.separate(threads: max(1, cores / count)), units: units, onlyNamed: onlyNamed)
    }
  }

  /// Gives every worker a job as soon as it has none.
  ///
  /// - Parameters:
  ///   - next: the next job for the worker of a number; nil where there is none.
  ///   - perform: does a job; on the worker's thread.
  ///   - done: takes what came of it; one call at a time, in the order in which jobs end.
  /// - Throws: the first error of any of them, after the jobs in work have ended.
  func work<Job: Sendable, Outcome: Sendable>(
    next: (_ worker: Int) throws -> Job?,
    perform: @escaping @Sendable (SweepWorker, Job) async throws -> Outcome,
    done: (Outcome) throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: (worker: Int, outcome: Outcome).self) { group in
      func begin(_ index: Int) throws {
        guard let job = try next(index) else { return }
        let worker = workers[index]
        group.addTask(executorPreference: worker.thread) {
          (index, try await perform(worker, job))
        }
      }
      for index in workers.indices { try begin(index) }
      while let (index, outcome) = try await group.next() {
        try begin(index)
        try done(outcome)
      }
    }
  }
}
