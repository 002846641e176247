import SplitpipeCodec
import SplitpipeCore
import SplitpipeMedia
import SplitpipePipeline
import SplitpipeStages

/// What the stages of one analysis share.
struct CorrelationContext: Sendable {
  let request: CorrelationRequest
  let source: any FrameSource
  let model: CorrelationModel
  let codecs: [CodecName]
  let ledger = CorrelationLedger()
  /// What ended the source too soon.
  let breakage = SourceBreakage()
}

/// The pipeline of an analysis: decoding, the network and the counting overlap.
enum CorrelationPipeline {
  static func plan(_ request: CorrelationRequest) throws -> ValidatedPlan<CorrelationContext> {
    let lowPass = request.lowPass.isEmpty ? "" : "\n  - lowpass: { from: head }"
    let text = "buffer: 2\nstages:\n  - decode\n  - prepare\n  - head\n  - analyse\(lowPass)\n"
    return try ValidatedPlan(
      PipelineFile.parse(text, path: "correlate.yaml"), catalogue: catalogue)
  }

  private static let catalogue = StageCatalogue<CorrelationContext>(
    stages: [
      EveryFrame.self, PrepareStage.self, TapStage.self, AnalyseStage.self, LowPassStage.self,
    ])
}

/// Reads frames and hands on one of every few.
private struct EveryFrame: SourceStage {
  static let name = "decode"
  static let summary = "reads the frames that are analysed"
  static let writes: SlotSet = [Slots.frame]

  private let source: any FrameSource
  private let breakage: SourceBreakage
  private let every: Int
  private let limit: Int?
  private var count = 0

  init(_ context: CorrelationContext, _ options: Options) {
    source = context.source
    breakage = context.breakage
    every = context.request.every
    limit = context.request.frames
  }

  mutating func next() async throws -> FrameRecord? {
    while count < limit ?? .max, let frame = try nextFrame() {
      defer { count += 1 }
      guard count.isMultiple(of: every) else { continue }
      var record = FrameRecord(stamp: frame.stamp)
      record[Slots.frame] = frame
      return record
    }
    return nil
  }

  /// The next frame; nil at the end, and where the source breaks after some.
  private func nextFrame() throws -> Frame? {
    do {
      return try source.next()
    } catch let error as SplitpipeError where count > 0 && SourceBreakage.isBreakage(error) {
      breakage.note(error)
      return nil
    }
  }
}

private struct PrepareStage: Stage {
  static let name = "prepare"
  static let summary = "makes the network's input"
  static let reads: SlotSet = [Slots.frame]
  static let writes: SlotSet = [Slots.input]

  let preparer: any FramePreparer

  init(_ context: CorrelationContext, _ options: Options) { preparer = context.model.preparer }

  mutating func process(_ record: inout FrameRecord) async throws {
    record[Slots.input] = try preparer.prepare(record.require(Slots.frame))
  }
}

private struct TapStage: Stage {
  static let name = "head"
  static let summary = "computes the tensors"
  static let reads: SlotSet = [Slots.input]
  static let writes: SlotSet = [Slots.frontier]

  let model: CorrelationModel

  init(_ context: CorrelationContext, _ options: Options) { model = context.model }

  mutating func process(_ record: inout FrameRecord) async throws {
    record[Slots.frontier] = try model.tensors(of: record.require(Slots.input))
  }
}
