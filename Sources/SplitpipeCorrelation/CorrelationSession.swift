package import SplitpipeCore
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
    let source = try openFrameSource(request.input, settings: request.reading)
    let size = source.information.shownSize
    let isVideo = source.information.framesPerSecond != nil
    let model = try CorrelationModel(request, frame: size, isVideo: isVideo) {
      try OpenVINOEngine()
    }
    if !request.lowPass.isEmpty { _ = try model.detector() }
    context = CorrelationContext(request: request, source: source, model: model, codecs: codecs)
    try model.compile(at: Letterbox(frame: size, geometry: model.geometry).input)
  }

  /// What ended the input before its end, once the analysis is over; nil where it came to its end.
  package var breakage: SplitpipeError? { context.breakage.error }

  /// What the user should know after it, such as images that could not be read.
  package var notesOnFrames: [String] { context.source.notes }

  /// Frames that will be analysed, where the input says how many it has.
  package var expectedFrames: Int? {
    let read = context.source.information.expectedFrames(request.reading, limit: request.frames)
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
        stop.isStopped ? .interrupted : .badData,
        "no frame of \"\(redacted(request.input))\" was analysed")
    }
    return CorrelationOutcome(
      summary: CorrelationSummary(
        request, context.model, result, lowPass: context.ledger.lowPass,
        skipped: context.source.skipped,
        interrupted: stop.isStopped || breakage != nil,
        seconds: run.elapsed / .seconds(1)),
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
        summary: outcome.summary, heatMaps: try outcome.result.heatMaps(bits: request.bits[0]),
        settings: CorrelationReport.settings(
          of: outcome.summary, keyInterval: request.keyInterval, codecs: context.codecs),
        command: command)
      try reportFile.write(report.page)
    }
  }
}

/// The numbers of an analysis, and what its report shows besides.
package struct CorrelationOutcome: Sendable {
  package let summary: CorrelationSummary
  let result: CorrelationResult
}
