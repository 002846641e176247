internal import Glibc
import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeFiles
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
package import SplitpipePipeline
import SplitpipeReport
import SplitpipeStages

/// A sweep whose inputs have been opened and checked and whose outputs can be written.
package final class EvaluationSession {
  package let request: EvaluationRequest
  package internal(set) var dataset: Dataset
  let model: EvaluatedModel
  private(set) var units: [SweepUnit]
  let journal: SweepJournal
  /// The number of each unit in the state file, by place in `units`.
  private(set) var journalUnits: [Int]
  let reportFile: ReportFile?
  private(set) var scored: ScoredPictures
  var sweepCrew: SweepCrew?
  /// The pictures that can be used, once they have been looked at.
  var knownImages: [KnownImage]?
  var skipped: [SkippedImage] = []
  let clock = SweepClock()
  private let start = ContinuousClock.now

  /// Opens everything a sweep needs; the cheapest checks come first.
  ///
  /// - Parameter request: what the user asks.
  /// - Throws: the first thing that stands in the way.
  package init(_ request: EvaluationRequest) throws {
    self.request = request
    units = try SweepUnit.all(request)
    if request.resume, request.statePath == nil {
      throw SplitpipeError(
        .usage,
        "--resume goes on with the state that lies beside the summary: give the --summary (or "
          + "--report) of the interrupted sweep")
    }
    let outputs = [request.summary, request.report].compactMap { $0 }
    try checkOutputs(
      outputs + [request.statePath].compactMap { $0 },
      inputs: [request.dataset, request.truth, request.model].compactMap { $0 })
    for path in outputs { try OutputFile(path).cancel() }
    reportFile = try request.report.map(ReportFile.init)
    model = try EvaluatedModel(request) { try OpenVINOEngine() }
    dataset =
      switch model.task {
      case .detection: try .detection(request, classNames: model.classNames)
      case .classification(let count):
        try .classes(request, classNames: model.classNames, classCount: count)
      }
    try checkOutputs(outputs, inputs: dataset.files(named: Set(outputs.map(FileTree.name))))
    if case .images = dataset.pictures, !request.h264Factors.isEmpty {
      throw SplitpipeError(
        .usage, "H.264 is a baseline for videos; \"\(request.dataset)\" is a set of images")
    }
    journal = try SweepJournal(
      path: request.statePath,
      identity: [
        "dataset": dataset.name, "list of images": dataset.fingerprint, "model": request.model,
        "model file": model.fingerprints[0].description, "precision": request.precision.rawValue,
        "input": model.preparation.description, "labels": request.truth ?? dataset.reference,
        "protocol": "3",
      ], resume: request.resume)
    journalUnits = try units.map { [journal] in try journal.unit($0.key) }
    scored = ScoredPictures(truth: dataset.truth)
  }

  /// What a sweep tells while it runs.
  package enum Progress: Sendable {
    /// So many pictures are to be looked at, then to be evaluated.
    case looking(total: Int)
    case evaluating(total: Int?)
    /// One more is done.
    case advanced
    case skipped(SkippedImage)
  }

  /// Evaluates every picture that has results missing, and writes the summary now and then.
  ///
  /// - Parameters:
  ///   - stop: ends the sweep after the pictures in work.
  ///   - interim: gets a summary of the pictures so far; nil writes the request's.
  ///   - progress: gets what happens.
  /// - Returns: the summary over the pictures done, complete unless the sweep was stopped.
  /// - Throws: what the network throws, `cannotWrite` where results cannot be kept, `badData` where
  ///   no picture could be used.
  package func run(
    stop: StopSignal, interim: ((EvaluationSummary) throws -> Void)? = nil,
    progress: (Progress) -> Void
  ) async throws -> EvaluationSummary {
    let publish = interim ?? { try self.write($0) }
    switch dataset.pictures {
    case .images(let images):
      let chosen = request.limit.map { Array(images.prefix($0)) } ?? images
      try await evaluate(chosen, stop: stop, interim: publish, progress: progress)
    case .video(let path):
      try evaluate(video: path, stop: stop, interim: publish, progress: progress)
    }
    skipped.sort { $0.file < $1.file }
    let summary = try summary(of: scored, complete: !stop.isStopped)
    guard summary.images > 0 || stop.isStopped else {
      throw SplitpipeError(
        .badData,
        "no picture of \"\(dataset.name)\" could be used; the first: "
          + (skipped.first.map { "\"\($0.file)\": \($0.reason)" } ?? "the labels cover none"))
    }
    return summary
  }

  /// Evaluates other units from now on; results of those before are kept.
  ///
  /// - Parameter units: the unsplit model first.
  /// - Throws: `cannotWrite`.
  func choose(_ units: [SweepUnit]) throws {
    self.units = units
    journalUnits = try units.map { try journal.unit($0.key) }
    scored = scored.emptied
  }

  /// Writes the summary and the report, and gives up the state of a finished sweep.
  ///
  /// - Parameters:
  ///   - summary: the sweep's numbers.
  ///   - command: what was typed, for the report.
  /// - Throws: `cannotWrite`.
  package func finish(_ summary: EvaluationSummary, command: String) throws {
    try write(summary)
    if summary.images > 0 { try writeReport(summary, command: command) }
    if summary.complete { journal.remove() }
  }

  func write(_ summary: EvaluationSummary) throws {
    guard let path = request.summary else { return }
    try writeJSON(summary, to: path)
  }

  func isMissing(_ unit: Int, _ image: Int) -> Bool {
    !journal.has(unit: journalUnits[unit], image: image)
  }

  func isComplete(_ image: Int) -> Bool {
    units.indices.allSatisfy { !isMissing($0, image) }
  }

  var elapsedSeconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}
