import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeFiles
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
import SplitpipeReport
import SplitpipeStages

/// What is asked of a sweep, checked: its inputs have been opened, its outputs can be written.
struct SweepPlan: Sendable {
  /// With the splits that the model chose where none were asked for.
  let request: EvaluationRequest
  /// What the request compares, the unsplit model first.
  let units: [SweepUnit]
  let dataset: Dataset
  let model: EvaluatedModel
  /// nil where no report was asked for.
  let reportFile: ReportFile?

  /// Opens everything a sweep needs; the cheapest checks come first.
  ///
  /// - Parameter asked: what the user asks.
  /// - Throws: the first thing that stands in the way.
  init(_ asked: EvaluationRequest) throws {
    var request = asked
    // The settings are checked before the model is read, which may have to say where it is cut.
    if asked.splits.isEmpty { request.splits = [DefaultSplit.usual] }
    _ = try SweepUnit.all(request)
    if request.resume, request.statePath == nil {
      throw SplitpipeError(
        .usage,
        "--resume goes on with the state that lies beside the summary: give the --summary (or "
          + "--report) of the interrupted sweep")
    }
    let outputs = [request.summary, request.report].compactMap { $0 }
    try checkOutputs(
      outputs + [request.statePath].compactMap { $0 },
      inputs: [request.data.path, request.data.truth, request.model, request.reference]
        .compactMap { $0 })
    for path in outputs { try OutputFile(path).cancel() }
    reportFile = try request.report.map { try ReportFile($0) }
    model = try EvaluatedModel(asked) { try OpenVINOEngine() }
    request.splits = model.splits.map(\.split)
    self.request = request
    units = try SweepUnit.all(request)
    dataset =
      switch model.task {
      case .detection: try .detection(request.data, classNames: model.classNames)
      case .classification(let count):
        try .classes(request.data, classNames: model.classNames, classCount: count)
      }
    try checkOutputs(outputs, inputs: dataset.files(named: Set(outputs.map(FileTree.name))))
    if case .images = dataset.pictures, !request.h264Factors.isEmpty {
      throw SplitpipeError(
        .usage, "H.264 is a baseline for videos; \"\(request.data.path)\" is a set of images")
    }
    if case .images = dataset.pictures, request.reading != SourceSettings() {
      throw SplitpipeError(
        .usage,
        "--start and --every choose frames of a video; \"\(request.data.path)\" is a set of images, of "
          + "which --frames takes the first")
    }
  }

  /// Opens the state file.
  ///
  /// - Throws: as `SweepJournal.init`.
  func journal() throws -> SweepJournal {
    try SweepJournal(path: request.statePath, identity: identity, resume: request.resume)
  }

  /// What must be the same for results to belong together.
  private var identity: [String: String] {
    var identity = [
      "dataset": dataset.name, "list of images": dataset.fingerprint, "model": request.model,
      "model file": model.fingerprints[0].description, "precision": request.precision.rawValue,
      "input": model.preparation.description,
      "labels": (request.data.truth ?? dataset.reference) + request.data.labels.description,
      "protocol": "3",
    ]
    identity["frames"] = request.frames
    identity["reference"] = model.referenceHash.map { "\($0.value)" }
    return identity
  }
}
