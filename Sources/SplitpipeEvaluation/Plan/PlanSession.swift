import SplitpipeCodec
import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeFiles
import SplitpipeModel
package import SplitpipePipeline
import SplitpipeReport
import SplitpipeStages

/// A plan whose inputs have been opened and checked and whose outputs can be written.
package final class PlanSession {
  /// What happens while it runs.
  package enum Progress {
    /// So many frames are read, then so many splits are measured.
    case reading(total: Int), measuring(total: Int)
    case advanced
    /// The network is differentiated.
    case differentiating
    /// Accuracy is measured.
    case checking(SweepProgress)
  }

  private let request: PlanRequest
  private let model: PlannedModel
  private let dataset: Dataset
  private let profile: LayerProfile?
  private let reportFile: ReportFile?

  /// Opens everything; the cheapest checks come first.
  ///
  /// - Parameter request: what the user asks.
  /// - Throws: the first thing that stands in the way.
  package init(_ request: PlanRequest) throws {
    self.request = request
    guard request.profile == nil || request.device == 1 else {
      throw SplitpipeError(
        .usage,
        "--profile has the times of the device; leave out --device, which scales this machine's")
    }
    if request.resume, request.checkSummary == nil || request.checks == 0 {
      throw SplitpipeError(
        .usage,
        "--resume goes on with --check beside the summary: give the --check and the --summary (or "
          + "--report) of the interrupted run")
    }
    let outputs = [request.summary, request.report].compactMap { $0 }
    try checkOutputs(
      outputs + (request.checks > 0 ? [request.checkSummary].compactMap { $0 } : []),
      inputs: [request.data.path, request.data.truth, request.model, request.profile]
        .compactMap { $0 })
    for path in outputs { try OutputFile(path).cancel() }
    reportFile = try request.report.map { try ReportFile($0) }
    profile = try request.profile.map { try LayerProfile(path: $0) }
    model = try PlannedModel(request.model, request.input, precision: request.precision)
    dataset = try model.dataset(request.data)
  }

  /// Measures every split.
  ///
  /// - Parameters:
  ///   - stop: ends it after the split in work; what was measured counts.
  ///   - progress: gets what happens.
  /// - Returns: the plan.
  /// - Throws: what reading and running throw; `interrupted` where nothing was measured yet.
  package func run(
    stop: StopSignal, progress: (Progress) -> Void
  ) async throws -> PlanSummary {
    progress(.reading(total: request.frames))
    let input = try PlanInput(
      dataset, count: request.frames, reading: request.reading,
      preparer: model.preparation.preparer,
      keyInterval: request.coding.keyInterval, stop: stop
    ) { progress(.advanced) }
    if let profile, let path = request.profile {
      try profile.check(path, model: model.model, size: input.size)
    }
    let names = request.splits.isEmpty ? profile?.layers.map(\.split) ?? [] : request.splits
    let splits = try model.splits(names, count: request.splitCount, at: input.size)
    let meter = SplitMeter(
      whole: model.cut(at: splits[0].name), frames: input.frames)
    progress(.measuring(total: splits.count))
    var costs: [SplitCost] = []
    var memory: [GraphMemory] = []
    for split in splits where !stop.isStopped {
      let cut = model.cut(at: split.name)
      memory.append(try GraphMemory(cut.cut(at: input.size).head))
      costs.append(try meter.measure(cut, request.coding, model.detector))
      progress(.advanced)
    }
    guard !costs.isEmpty else {
      throw SplitpipeError(.interrupted, "stopped before anything was measured")
    }
    let measured = Array(splits.prefix(costs.count))
    var importance: PlanImportance?
    if !stop.isStopped {
      progress(.differentiating)
      importance = try PlanImportance(
        model.model, measured, dataset, size: input.size, request.input,
        request.reading)
    }
    var check: PlanCheck?
    if request.checks > 0, !stop.isStopped {
      let chosen = PlanCheck.chosen(request.checks, of: measured.map(\.name))
      let session = try EvaluationSession(EvaluationRequest(request, splits: chosen))
      let result = try await session.run(stop: stop) { progress(.checking($0)) }
      if result.images > 0 {
        check = PlanCheck(
          result,
          halves: try session.accuracies(halves: PlanCheck.halfCount, seed: PlanCheck.seed))
        try session.finish(result, command: "")
      }
    }
    return try PlanFindings(
      request: request, model: model.model, dataset: dataset, input: input, splits: measured,
      costs: costs.atOnePace, memory: memory, profile: profile, importance: importance, check: check
    ).summary(isComplete: !stop.isStopped)
  }

  /// Writes the summary and the report.
  ///
  /// - Parameters:
  ///   - summary: the plan.
  ///   - command: what was typed, for the report.
  /// - Throws: `cannotWrite`.
  package func finish(_ summary: PlanSummary, command: String) throws {
    if let path = request.summary { try writeJSON(summary, to: path) }
    try reportFile?.write(PlanReport(summary: summary, command: command).page)
  }
}
