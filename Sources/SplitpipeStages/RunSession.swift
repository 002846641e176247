import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeFiles
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
import SplitpipeModelStore
package import SplitpipePipeline

/// A run whose inputs have been opened and checked, whose outputs can be written, and whose network
/// is compiled: nothing is left to find out before the first frame.
package struct RunSession: Sendable {
  package let request: RunRequest
  package let settings: RunSettings
  package let context: RunContext
  package let plan: ValidatedPlan<RunContext>
  /// What crosses at the size of the first frame.
  private let frontier: [CrossingTensor]
  private let summaryFile: OutputFile?

  /// Opens everything a run needs.
  ///
  /// - Parameter request: what the user asks.
  /// - Throws: the first thing that stands in the way, cheapest checks first.
  package init(_ request: RunRequest) throws {
    self.request = request
    let file = try PipelineFile.parse(request.pipeline.text, path: request.pipeline.path)
    plan = try ValidatedPlan(
      file, overrides: request.overrides, catalogue: stageCatalogue)
    settings = try RunSettings(plan.settings)
    let modelPath = try resolveModel(settings.model)
    try checkOutputs(
      [request.output, request.detections, request.summary].compactMap { $0 },
      inputs: [request.input, modelPath, request.truth].compactMap { $0 })
    summaryFile = try request.summary.map(OutputFile.init)
    let detections = try request.detections.map(OutputFile.init)
    let model = try loadModel(path: modelPath)
    let source = try openFrameSource(request.input, settings: SourceSettings())

    // The cut comes before the engine: a wrong split name needs no runtime to be found out.
    let size = Letterbox(frame: source.information.size, geometry: model.geometry).input
    let firstCut = try cut(model.graph(size), at: settings.split)
    frontier = firstCut.frontier
    var engineSettings = SplitModel.Settings()
    engineSettings.precision = settings.precision
    engineSettings.threads = settings.threads
    engineSettings.maximumSizes = settings.sizes
    let splitModel = SplitModel(
      model: model, split: settings.split, engine: try OpenVINOEngine(), settings: engineSettings,
      known: (size, firstCut))
    var context = RunContext(
      source: source, model: splitModel, codec: settings.codec,
      fingerprint: CutFingerprint(model: model.contentHash, split: settings.split))
    context.quantizer = settings.quantizer
    context.keyInterval = settings.keyInterval
    context.frames = request.frames
    context.truth = try request.truth.map { try Truth(path: $0, classNames: model.classNames) }
    context.detections = detections
    context.annotated = try request.output.map {
      var settings = WriterSettings()
      settings.framesPerSecond = source.information.framesPerSecond
      return try AnnotatedVideoWriter(path: $0, classNames: model.classNames, settings: settings)
    }
    self.context = context

    let stages = Set(plan.stages.map { $0.type.name })
    _ = try splitModel.segment(.head, at: size)
    _ = try splitModel.segment(.tail, at: size)
    if context.truth == nil, stages.contains("reference") {
      _ = try splitModel.segment(.unsplit, at: size)
    }
  }

  /// What the user should know before the run, such as labels that were left out.
  package var notes: [String] { context.truth?.notes ?? [] }

  /// The run's numbers under the contract's keys.
  ///
  /// - Parameters:
  ///   - result: what the pipeline left behind.
  ///   - interrupted: whether the user stopped it.
  /// - Returns: the summary.
  package func summary(of result: RunResult, interrupted: Bool) -> RunSummary {
    let totals = context.ledger.totals
    let sent = Double(max(1, totals.sentFrames))
    let score = context.scores.result()
    return RunSummary(
      input: request.input, model: settings.model, split: settings.split,
      bits: settings.codec.bits.bits, codec: settings.codec.codec.rawValue,
      quantizer: settings.quantizer.description, precision: settings.precision.rawValue,
      engine: context.model.engineDescription, frames: result.frames,
      skipped: context.source.skipped, interrupted: interrupted,
      framesPerSecond: Double(result.frames) / max(result.elapsed / .seconds(1), 1e-9),
      frontier: frontier.map(RunSummary.FrontierTensor.init),
      bytesPerFrame: RunSummary.BytesPerFrame(
        raw: Double(totals.rawBytes) / sent, coded: Double(totals.wireBytes) / sent,
        source: Double(totals.sourceBytes) / Double(max(1, totals.frames))),
      bitsPerCoefficient: Double(totals.wireBytes * 8) / Double(max(1, totals.coefficients)),
      keyFrames: totals.keyFrames,
      clampedFraction: Double(totals.clamped) / Double(max(1, totals.coefficients)),
      temporal: totals.comparedFrames == 0
        ? nil
        : RunSummary.Temporal(
          rangeRatio: totals.rangeRatio / Double(totals.comparedFrames),
          unchangedFraction: totals.unchangedFraction / Double(totals.comparedFrames)),
      reference: score.map { _ in context.truth == nil ? "unsplit" : "truth" },
      map50: score?.map50, map50_95: score?.map50_95,
      stages: Dictionary(
        uniqueKeysWithValues: result.stages.map {
          (
            $0.name,
            RunSummary.StageSummary(
              medianSeconds: $0.times.medianSeconds,
              p99Seconds: $0.times.seconds(atPercentile: 99))
          )
        }))
  }

  /// Writes the summary file, if one was asked for.
  ///
  /// - Parameter summary: the run's numbers.
  /// - Throws: `cannotWrite`.
  package func write(_ summary: RunSummary) throws {
    guard let summaryFile else { return }
    try summaryFile.finish(withJSON: summary)
  }
}
