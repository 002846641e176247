import SplitpipeCodec
package import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeFiles
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
import SplitpipeModelStore
package import SplitpipePipeline
import SplitpipeSession
import SplitpipeStatistics
internal import Synchronization

/// A run whose inputs have been opened and checked, whose outputs can be written, and whose network
/// is compiled: nothing is left to find out before the first frame.
package struct RunSession: Sendable {
  package let request: RunRequest
  package let settings: RunSettings
  package let context: RunContext
  package let plan: ValidatedPlan<RunContext>
  private let split: DefaultSplit
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
      file, overrides: request.overrides, stageOverrides: request.stageOverrides,
      catalogue: stageCatalogue)
    let isWhole = plan.has(WholeStage.self) && !plan.has(HeadStage.self)
    if isWhole { try request.refuseCutting() }
    settings = try RunSettings(plan.settings)
    let modelPath = try resolveModel(settings.model)
    try checkOutputs(
      [request.output, request.detections, request.coco, request.summary].compactMap { $0 },
      inputs: [request.input, modelPath, request.truth].compactMap { $0 })
    summaryFile = try request.summary.map(OutputFile.init)
    let detections = try request.detections.map(OutputFile.init)
    if request.coco != nil, !plan.has(COCOStage.self) {
      throw SplitpipeError(
        .usage,
        "--coco has nothing that writes it: the pipeline \(request.pipeline.path) has no stage "
          + "\"coco\"; add `- coco: { from: detect }` to its stages")
    }
    let coco = try request.coco.map(OutputFile.init)
    let model = try loadModel(path: modelPath).fed(settings.input)
    let source = try openFrameSource(request.input, settings: request.reading)

    // The cut comes before the engine: a wrong split name needs no runtime to be found out.
    let size = Letterbox(
      frame: source.information.shownSize, geometry: model.geometry
    ).input
    let firstCut: Cut?
    if isWhole {
      (split, firstCut) = (DefaultSplit(named: RunSummary.noSplit), nil)
    } else {
      split = try model.split(named: settings.split, at: size)
      firstCut = try cut(model.graph(size), at: split.name)
    }
    frontier = firstCut?.frontier ?? []
    var engineSettings = SplitModel.Settings()
    engineSettings.precision = settings.precision
    engineSettings.threads = settings.threads
    engineSettings.maximumSizes = settings.sizes
    let splitModel = SplitModel(
      model: model, split: split.name, engine: try OpenVINOEngine(), settings: engineSettings,
      known: firstCut.map { (size, $0) })
    var context = RunContext(
      source: source, model: splitModel, coding: settings.coding,
      link: try SendStage.link(plan.options(of: SendStage.self)))
    context.isWhole = isWhole
    context.frames = request.frames
    context.classes = try settings.classes.map { try model.classIndices($0) }
    context.truth = try request.truth.map {
      try Truth(
        path: $0, classNames: model.classNames, options: request.labels(of: source.information))
    }
    context.detections = detections
    context.coco = coco
    context.annotated = try request.output.map {
      var settings = WriterSettings()
      settings.framesPerSecond = source.information.framesPerSecond
      return try AnnotatedVideoWriter(path: $0, classNames: model.classNames, settings: settings)
    }
    let delivery = try request.server?.delivery(of: source.information, plan: plan)
    if delivery == .live { context.latest = LatestFrames() }
    let measures = MetricsStage.takesPart(in: context)
    context.isScored = coco != nil || measures && plan.has(MetricsStage.self)
    if let server = request.server, let delivery {
      let sizes = FrameSizes(source: source.information.shownSize, input: size)
      context.remote = server.tail(for: context, delivery, plan, sizes: sizes)
    }
    self.context = context

    if !isWhole {
      _ = try splitModel.compiled(.head, at: size)
      if context.remote == nil { _ = try splitModel.compiled(.tail, at: size) }
    }
    if isWhole || context.hasReference && plan.has(ReferenceStage.self) {
      _ = try splitModel.compiled(.unsplit, at: size)
    }
  }

  /// What ended the input before its end, once the run is over; nil where it came to its end. What came
  /// before is finished and in the summary.
  package var breakage: SplitpipeError? { context.breakage.error }

  /// What the user should know before the run, such as labels that were left out.
  package var notes: [String] { [split.note].compactMap { $0 } + (context.truth?.notes ?? []) }

  /// Frames that will be read, where the input says how many it has.
  package var expectedFrames: Int? {
    context.source.information.expectedFrames(request.reading, limit: request.frames)
  }

  /// Runs the pipeline; every stage has a thread of its own.
  ///
  /// - Parameters:
  ///   - stop: ends the run early; the frames on their way are finished.
  ///   - progress: called for each frame that has passed every stage.
  /// - Returns: the run's numbers under the contract's keys.
  /// - Throws: the first failure of a stage.
  package func run(
    stop: StopSignal, progress: @escaping @Sendable (FrameReport) -> Void
  ) async throws -> RunSummary {
    let tally = Mutex(RunTally(classCount: context.model.whole.classNames.count))
    let pipeline = PipelineRun(
      plan, context: context, stop: stop, collecting: FrameReport.slots
    ) { record in
      let report = FrameReport(record)
      tally.withLock { $0.add(report) }
      progress(report)
    }
    let result = try await context.withCompanions(stop: stop) { try await pipeline.overlapped() }
    let sum = tally.withLock { $0 }
    var summary = summary(of: result, sum, interrupted: stop.isStopped || breakage != nil)
    summary.notes = context.source.notes + [sum.plausibility.note].compactMap { $0 }
    if let truth = context.truth, plan.has(MetricsStage.self), !stop.isStopped {
      let isWhole =
        breakage == nil && result.frames != request.frames && request.reading == SourceSettings()
      do {
        summary.notes += try truth.check(
          covered: sum.covered, of: result.frames, isWhole: isWhole,
          isVideo: context.source.information.framesPerSecond != nil,
          input: redacted(request.input))
      } catch {
        guard breakage != nil else { throw error }
        // The frames that the labels are for may be among those that never came.
        summary.notes.append(error.message)
      }
    }
    return summary
  }

  private func summary(
    of result: RunResult, _ tally: RunTally, interrupted: Bool
  ) -> RunSummary {
    let score = tally.score
    return RunSummary(
      input: redacted(request.input), model: settings.model, split: split.name,
      bits: settings.coding.codec.bits.bits, codec: settings.coding.codec.codec.rawValue,
      quantizer: settings.coding.quantizer.description, precision: settings.precision.rawValue,
      engine: context.model.engineDescription, frames: result.frames,
      skipped: context.source.skipped, refused: tally.refused, interrupted: interrupted,
      framesPerSecond: Double(result.frames) / max(result.elapsed / .seconds(1), 1e-9),
      frontier: frontier.map(RunSummary.FrontierTensor.init),
      bytesPerFrame: tally.bytesPerFrame, bitsPerCoefficient: tally.bitsPerCoefficient,
      keyFrames: tally.keyFrames, clampedFraction: tally.clampedFraction,
      temporal: tally.temporal,
      reference: score.map { _ in context.truth == nil ? "unsplit" : "truth" },
      map50: score?.map50, map50_95: score?.map50_95,
      boxes: tally.boxes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { RunSummary.ClassCount(name: name($0.key), count: $0.value) },
      onlyFrame: result.frames == 1
        ? tally.lastDetections.map { (name($0.classIndex), $0) } : [],
      link: context.remote.map { LinkSummary($0, tally.link ?? LinkTally()) },
      stages: result.stages.map {
        RunSummary.StageSummary(
          name: $0.name, medianSeconds: $0.times.median ?? 0,
          p99Seconds: $0.times.seconds(atPercentile: 99) ?? 0)
      })
  }

  private func name(_ classIndex: Int) -> String {
    let names = context.model.whole.classNames
    return names.indices.contains(classIndex) ? names[classIndex] : "class \(classIndex)"
  }

  /// Writes the summary file, if one was asked for.
  ///
  /// - Parameter summary: the run's numbers.
  /// - Throws: `cannotWrite`.
  package func write(_ summary: RunSummary) throws {
    try summaryFile?.finish(withJSON: summary)
  }
}
