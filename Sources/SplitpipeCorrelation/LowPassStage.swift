import SplitpipeAnalysis
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeModel
import SplitpipePipeline
import SplitpipeStages

/// Runs the tail on what low-pass filters leave of the frontier, against the unsplit model.
struct LowPassStage: Stage {
  static let name = "lowpass"
  static let summary = "runs the rest of the network on what low-pass filters leave"
  static let reads: SlotSet = [Slots.input, Slots.frontier]

  private let model: CorrelationModel
  private let detector: Detector
  private let ledger: CorrelationLedger
  private let filter = LowPassFilter()
  private let variants: [LowPassVariant]
  private var scorers: [COCOScorer]

  init(_ context: CorrelationContext, _ options: Options) throws {
    model = context.model
    detector = try context.model.detector()
    ledger = context.ledger
    variants = LowPassVariant.all(context.request.lowPass)
    let classes = max(1, context.model.splitModel.whole.classNames.count)
    scorers = variants.map { _ in COCOScorer(classCount: classes) }
  }

  mutating func process(_ record: inout FrameRecord) async throws {
    let input = try record.require(Slots.input)
    let splitModel = model.splitModel
    let truths = TruthObject.unsplit(
      try detector.detect(splitModel.runUnsplit(input), letterbox: input.letterbox))
    let frontier =
      model.isFrontier ? try record.require(Slots.frontier) : try splitModel.runHead(input)
    for (index, variant) in variants.enumerated() {
      let filtered = Frontier(
        tensors: try frontier.tensors.map { named in
          NamedTensor(
            name: named.name,
            tensor: try filter.lowest(
              Double(variant.percent) / 100, of: named.tensor, along: variant.directions))
        })
      let output = try splitModel.runTail(filtered, at: input.letterbox.input)
      scorers[index].add(
        image: record.stamp.index,
        detections: try detector.detect(output, letterbox: input.letterbox), truths: truths)
    }
  }

  mutating func finish() async throws {
    ledger.lowPass = zip(variants, scorers).map { variant, scorer in
      let score = scorer.images == 0 ? nil : scorer.result()
      return CorrelationSummary.LowPass(
        percent: variant.percent, axes: variant.axes, map50: score?.map50,
        map50_95: score?.map50_95)
    }
  }
}
