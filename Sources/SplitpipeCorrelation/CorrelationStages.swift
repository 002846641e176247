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
}

/// The pipeline of an analysis: decoding, the network and the counting overlap.
enum CorrelationPipeline {
  static func plan(_ request: CorrelationRequest) throws -> ValidatedPlan<CorrelationContext> {
    let lowPass = request.lowPass.isEmpty ? "" : "\n  - lowpass: { from: head }"
    let text = "buffer: 2\nstages:\n  - decode\n  - prepare\n  - head\n  - analyse\(lowPass)\n"
    return try ValidatedPlan(
      PipelineFile.parse(text, path: "correlate.yaml"), overrides: [:],
      definitions: [decode, prepare, head, analyse, lowpass], settings: [])
  }

  private static let decode = StageDefinition<CorrelationContext>(
    "decode", "reads the frames that are analysed", writes: [Slots.frame.name],
    make: .source { context, _ in EveryFrame(context) })

  private static let prepare = StageDefinition<CorrelationContext>(
    "prepare", "makes the network's input", reads: [Slots.frame.name],
    writes: [Slots.letterbox.name, Slots.input.name],
    make: .stage { context, _ in PrepareStage(preparer: context.model.preparer) })

  private static let head = StageDefinition<CorrelationContext>(
    "head", "computes the tensors", reads: [Slots.letterbox.name, Slots.input.name],
    writes: [Slots.frontier.name], make: .stage { context, _ in TapStage(model: context.model) })

  private static let analyse = StageDefinition<CorrelationContext>(
    "analyse", "counts",
    reads: [Slots.frame.name, Slots.letterbox.name, Slots.input.name, Slots.frontier.name],
    make: .stage { context, _ in AnalyseStage(context) })

  private static let lowpass = StageDefinition<CorrelationContext>(
    "lowpass", "runs the rest of the network on what low-pass filters leave",
    reads: [Slots.letterbox.name, Slots.input.name, Slots.frontier.name],
    make: .stage { context, _ in try LowPassStage(context) })
}

/// Reads frames and hands on one of every few.
private struct EveryFrame: SourceStage {
  private let source: any FrameSource
  private let every: Int
  private let limit: Int?
  private var count = 0

  init(_ context: CorrelationContext) {
    source = context.source
    every = context.request.every
    limit = context.request.frames
  }

  mutating func next() async throws -> FrameRecord? {
    while count < limit ?? .max, let frame = try source.next() {
      defer { count += 1 }
      guard count.isMultiple(of: every) else { continue }
      var record = FrameRecord(stamp: frame.stamp)
      record[Slots.frame] = frame
      return record
    }
    return nil
  }
}

private struct PrepareStage: Stage {
  let preparer: any FramePreparer

  mutating func process(_ record: inout FrameRecord) async throws {
    let prepared = try preparer.prepare(record.require(Slots.frame))
    record[Slots.letterbox] = prepared.letterbox
    record[Slots.input] = prepared.tensor
  }
}

private struct TapStage: Stage {
  let model: CorrelationModel

  mutating func process(_ record: inout FrameRecord) async throws {
    let (tensors, graph) = try model.tap(at: record.require(Slots.letterbox).input)
    let values = try graph.run([.bytes(record.require(Slots.input))])
    guard values.count == tensors.count else {
      throw SplitpipeError(.bug, "\(tensors.count) tensors were asked for, got \(values.count)")
    }
    record[Slots.frontier] = Frontier(
      tensors: zip(graph.outputNames, values).map { NamedTensor(name: $0, tensor: $1) })
  }
}
