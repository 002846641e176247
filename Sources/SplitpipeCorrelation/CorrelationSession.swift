import SplitpipeAnalysis
import SplitpipeCodec
import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeFiles
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
package import SplitpipePipeline
import SplitpipeReport
import SplitpipeStages

/// An analysis whose inputs have been opened and checked and whose outputs can be written.
package struct CorrelationSession: Sendable {
  package let request: CorrelationRequest
  let context: CorrelationContext
  private let plan: ValidatedPlan<CorrelationContext>
  private let reportFile: ReportFile?

  /// Opens everything an analysis needs; the cheapest checks come first.
  ///
  /// - Parameter request: what the user asks.
  /// - Throws: the first thing that stands in the way.
  package init(_ request: CorrelationRequest) throws {
    try request.validate()
    self.request = request
    let codecs = try request.countedCodecs()
    for path in [request.summary, request.report].compactMap({ $0 }) {
      try OutputFile(path).cancel()
    }
    reportFile = try request.report.map(ReportFile.init)
    plan = try CorrelationPipeline.plan(request)
    let source = try openFrameSource(request.input)
    let size = source.information.size
    let isVideo = source.information.framesPerSecond != nil
    let model = try CorrelationModel(request, frame: size, isVideo: isVideo) {
      try OpenVINOEngine()
    }
    if !request.lowPass.isEmpty { _ = try model.detector() }
    context = CorrelationContext(request: request, source: source, model: model, codecs: codecs)
    let input = Letterbox(frame: size, geometry: model.model.geometry).input
    _ = try model.compile(at: input)
  }

  /// Frames that will be analysed, where the input says how many it has.
  package var expectedFrames: Int? {
    let known = context.source.information.frameCount
    let read = known.map { min($0, request.frames ?? $0) } ?? request.frames
    return read.map { ($0 + request.every - 1) / request.every }
  }

  /// Analyses the frames.
  ///
  /// - Parameters:
  ///   - stop: ends it early; what was counted is kept.
  ///   - progress: called for every frame.
  /// - Returns: the numbers, and what the report needs besides.
  /// - Throws: what decoding and the network throw; `badData` for tensors that hold no numbers.
  package func run(
    stop: StopSignal, progress: @escaping @Sendable () -> Void
  ) async throws -> CorrelationOutcome {
    let run = try await PipelineRun(plan, context: context, stop: stop) { _ in progress() }
      .overlapped()
    guard let result = context.ledger.result, result.whole.frames > 0 else {
      throw SplitpipeError(
        stop.isStopped ? .interrupted : .badData, "no frame of \"\(request.input)\" was analysed")
    }
    let interval = request.keyInterval
    var tensors = result.whole.tensors.map { CorrelationSummary.Tensor($0, keyInterval: interval) }
    for index in tensors.indices where result.bytes.indices.contains(index) {
      tensors[index].bytesPerFrame = result.bytes[index]
    }
    func kind(_ part: CorrelationPart) -> CorrelationSummary.Kind? {
      part.frames == 0
        ? nil
        : .init(
          frames: part.frames,
          tensors: part.tensors.map { CorrelationSummary.Tensor($0, keyInterval: interval) })
    }
    let lowPass = context.ledger.lowPass
    let seconds = run.elapsed / .seconds(1)
    let isDivided = !result.segments.isEmpty
    return CorrelationOutcome(
      summary: CorrelationSummary(
        input: request.input, model: request.model, split: request.split,
        bits: request.bits.uniqued(), precision: request.precision.rawValue,
        engine: context.model.splitModel.engineDescription, version: splitpipeVersion,
        frames: result.whole.frames, every: request.every, skipped: context.source.skipped,
        interrupted: stop.isStopped, seconds: seconds,
        framesPerSecond: Double(result.whole.frames) / max(seconds, 1e-9),
        preparation: context.model.preparation.description, tensors: tensors,
        segments: isDivided ? result.segments : nil, still: kind(result.still),
        moving: kind(result.moving), lowPass: lowPass.isEmpty ? nil : lowPass,
        conclusion: CorrelationConclusion(tensors).sentence, rule: CorrelationConclusion.rule,
        notes: result.notes),
      result: result)
  }

  /// Writes the summary and the report, where asked for.
  ///
  /// - Parameters:
  ///   - outcome: what `run` gave.
  ///   - command: what was typed, for the report.
  /// - Throws: `cannotWrite`.
  package func finish(_ outcome: CorrelationOutcome, command: String) throws {
    if let path = request.summary { try writeJSON(outcome.summary, to: path) }
    if let reportFile {
      let report = CorrelationReport(
        summary: outcome.summary, heatMaps: try heatMaps(outcome.result),
        settings: settings(of: outcome.summary), command: command)
      try reportFile.write(report.page)
    }
  }

  private func heatMaps(_ result: CorrelationResult) throws -> [ReportPicture] {
    guard let (frame, letterbox) = result.picture else { return [] }
    return try result.whole.tensors.compactMap { tensor in
      let changes = tensor.changes
      guard let shares = changes.shares, changes.height > 1, changes.width > 1 else { return nil }
      let map = HeatMap(columns: changes.width, rows: changes.height, values: shares)
      let mean = shares.reduce(0, +) / Double(max(1, shares.count))
      return ReportPicture(
        title: "\(tensor.name): change of codes at \(request.bits[0]) bits",
        caption: "Full colour: \(percent(shares.max())) of codes changed from frame to frame; mean "
          + "over the picture \(percent(mean)). Over frame \(frame.stamp.index).",
        png: try heatMapPNG(map, over: frame, letterbox: letterbox, longestSide: 720))
    }
  }

  private func settings(of summary: CorrelationSummary) -> [(name: String, value: String)] {
    [
      ("splitpipe", summary.version), ("engine", summary.engine), ("decoding", mediaDescription),
      ("input", summary.input), ("model", summary.model), ("split", summary.split),
      ("tensors", summary.tensors.map(\.name).joined(separator: ", ")),
      ("bits", summary.bits.map(String.init).joined(separator: ", ")),
      ("precision", summary.precision), ("preparation", summary.preparation),
      ("every", "\(summary.every)"), ("key interval", "\(request.keyInterval)"),
      ("codecs", context.codecs.map(\.rawValue).joined(separator: ", ")),
      ("time", "\(oneDecimal(summary.seconds)) s"),
    ].map { (name: $0.0, value: $0.1) }
  }
}

/// The numbers of an analysis, and what its report shows besides.
package struct CorrelationOutcome: Sendable {
  package let summary: CorrelationSummary
  let result: CorrelationResult
}
