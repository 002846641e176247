package import SplitpipeCore
import SplitpipeFiles
package import SplitpipePipeline
import SplitpipeReport

/// A sweep whose inputs have been opened and checked and whose outputs can be written.
package struct EvaluationSession {
  private let sweep: Sweep

  private var plan: SweepPlan { sweep.plan }

  /// Opens everything a sweep needs; the cheapest checks come first.
  ///
  /// - Parameter request: what the user asks.
  /// - Throws: the first thing that stands in the way.
  package init(_ request: EvaluationRequest) throws {
    let start = ContinuousClock.now
    sweep = try Sweep(SweepPlan(request), since: start)
  }

  /// Sentences for the user on what was left out or looks wrong.
  package var notes: [String] { sweep.state.notes }

  /// What ended a video before its end, once the sweep is over; nil where it came to its end.
  package var breakage: SplitpipeError? { sweep.state.breakage }

  /// Evaluates every picture that has results missing, and writes the summary now and then.
  ///
  /// - Parameters:
  ///   - stop: ends the sweep after the pictures in work.
  ///   - progress: gets what happens.
  /// - Returns: the summary over the pictures done, complete unless the sweep was stopped.
  /// - Throws: what the network throws, `cannotWrite` where results cannot be kept, `badData` where
  ///   no picture could be used.
  package func run(
    stop: StopSignal, progress: (SweepProgress) -> Void
  ) async throws -> EvaluationSummary {
    try await sweep.run(plan.units, stop: stop, interim: write, progress: progress)
  }

  /// How accurate each split is at each width on random halves of the pictures done.
  ///
  /// - Parameters:
  ///   - count: how many halves, the same for all.
  ///   - seed: of the choice.
  /// - Returns: by split, then by width, a number for each half; nil where nothing is to be found.
  /// - Throws: `badData` where the state file was changed meanwhile.
  func accuracies(
    halves count: Int, seed: UInt64
  ) throws -> [String: [Int: [Double?]]] {
    var found: [String: [Int: [Double?]]] = [:]
    let all = try sweep.accuracies(halves: count, seed: seed)
    for (unit, values) in zip(sweep.results.units, all) {
      guard case .split(let setting) = unit.kind else { continue }
      found[plan.request.splits[setting.split], default: [:]][setting.depth.bits] = values
    }
    return found
  }

  /// Writes the summary and the report, and gives up the state of a finished sweep.
  ///
  /// - Parameters:
  ///   - summary: the sweep's numbers.
  ///   - command: what was typed, for the report.
  /// - Throws: `cannotWrite`.
  package func finish(_ summary: EvaluationSummary, command: String) throws {
    try write(summary)
    if summary.images > 0, let file = plan.reportFile {
      try file.write(report(summary, command: command).page)
    }
    if summary.complete { sweep.removeJournal() }
  }

  private func write(_ summary: EvaluationSummary) throws {
    guard let path = plan.request.summary else { return }
    try writeJSON(summary, to: path)
  }

  private func report(_ summary: EvaluationSummary, command: String) throws -> EvaluationReport {
    let focus = ReportFocus(summary, bits: plan.request.reportBits)
    let finder = WorstPictureFinder(
      plan: plan, results: sweep.results, numbers: sweep.state.done)
    return EvaluationReport(
      summary: summary, focus: focus, pictures: try focus.flatMap { try finder.worst($0.row) },
      settings: EvaluationReport.settings(of: summary, plan), command: command)
  }
}
