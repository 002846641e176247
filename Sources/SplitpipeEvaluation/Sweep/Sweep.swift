import SplitpipeCore
import SplitpipePipeline

/// Runs units over the pictures of a plan, one choice of them after another: the one owner of what
/// is found out. What was found for other units is kept, and so are compiled networks.
final class Sweep {
  let plan: SweepPlan
  /// Changed by passes alone.
  var state: SweepState
  /// Of the units chosen last.
  private(set) var results: SweepResults
  let clock = SweepClock()
  private let journal: SweepJournal
  private let start: ContinuousClock.Instant
  private var standingCrew: SweepCrew?

  /// - Parameters:
  ///   - plan: what is asked.
  ///   - start: when the work on it began.
  /// - Throws: `usage` where the state belongs to another sweep or would be overwritten, `badData`
  ///   where the file is no state, `cannotWrite` where it cannot be made.
  init(_ plan: SweepPlan, since start: ContinuousClock.Instant) throws {
    self.plan = plan
    self.start = start
    state = SweepState(notes: plan.model.notes + plan.dataset.notes)
    journal = try plan.journal()
    results = try SweepResults(plan.units, in: journal)
  }

  /// Evaluates every picture that units have no results of.
  ///
  /// - Parameters:
  ///   - units: what is compared, the unsplit model first.
  ///   - stop: ends the pass after the pictures in work.
  ///   - interim: gets a summary of the pictures so far now and then.
  ///   - progress: gets what happens.
  /// - Returns: the summary over the pictures done, complete unless the pass was stopped.
  /// - Throws: what the network throws, `cannotWrite` where results cannot be kept, `badData` where
  ///   no picture could be used of an input that came to its end.
  func run(
    _ units: [SweepUnit], stop: StopSignal, interim: (EvaluationSummary) throws -> Void,
    progress: (SweepProgress) -> Void
  ) async throws -> EvaluationSummary {
    results = try SweepResults(units, in: journal)
    state.beginPass()
    switch plan.dataset.pictures {
    case .images(let images):
      let chosen = plan.request.limit.map { Array(images.prefix($0)) } ?? images
      try await evaluate(chosen, stop: stop, interim: interim, progress: progress)
    case .video(let path):
      try evaluate(video: path, stop: stop, interim: interim, progress: progress)
    }
    state.skipped.sort { $0.file < $1.file }
    let summary = try summary(isComplete: !stop.isStopped && state.breakage == nil)
    guard summary.images > 0 || stop.isStopped || state.breakage != nil else {
      throw SplitpipeError(
        .badData,
        "no picture of \"\(plan.dataset.name)\" could be used; the first: "
          + (state.skipped.first.map { "\"\($0.file)\": \($0.reason)" }
            ?? "the labels cover none"))
    }
    return summary
  }

  /// The numbers over the pictures done so far.
  func summary(isComplete: Bool) throws -> EvaluationSummary {
    let scores = try clock.time("score") {
      try SweepScoring(plan: plan, state: state, results: results).scores(of: [Set(state.done)])
        .map { $0[0] }
    }
    return EvaluationSummary(
      plan, state, zip(results.units, scores).map { ($0, $1) }, isComplete: isComplete,
      seconds: (ContinuousClock.now - start) / .seconds(1), stageSeconds: clock.seconds)
  }

  /// The accuracy of every unit on random halves of the pictures done.
  ///
  /// - Parameters:
  ///   - count: how many halves.
  ///   - seed: of the choice.
  /// - Returns: by unit, then by half.
  /// - Throws: `badData` where the state file was changed meanwhile.
  func accuracies(halves count: Int, seed: UInt64) throws -> [[Double?]] {
    var random = SplitMix64(seed: seed)
    let numbers = state.done.sorted()
    let halves = (0..<count).map { _ in
      Set(numbers.shuffled(using: &random).prefix((numbers.count + 1) / 2))
    }
    let scoring = SweepScoring(plan: plan, state: state, results: results)
    return try scoring.scores(of: halves).map { byHalf in
      byHalf.map { score in
        score.flatMap { EvaluationSummary.Accuracy($0.metrics, plan.model).headline }
      }
    }
  }

  /// The workers, whose compiled networks serve every choice of units.
  func crew() async throws -> SweepCrew {
    if let standingCrew {
      for worker in standingCrew.workers { try await worker.take(results.units) }
      return standingCrew
    }
    let crew = try SweepCrew(
      model: plan.model, units: results.units, onlyNamed: plan.request.onlyNamed)
    standingCrew = crew
    return crew
  }

  /// Gives up the state file: everything in it has become a summary.
  func removeJournal() { journal.remove() }
}
