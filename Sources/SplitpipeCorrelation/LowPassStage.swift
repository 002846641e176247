import SplitpipeAnalysis
import SplitpipeCore
import SplitpipeDetection
import SplitpipeModel
import SplitpipePipeline
import SplitpipeStages

/// Runs the tail on what low-pass filters leave of the frontier, against the unsplit model.
struct LowPassStage: Stage {
  private let model: CorrelationModel
  private let detector: Detector
  private let ledger: CorrelationLedger
  private let filter = LowPassFilter()
  private let variants: [LowPassVariant]
  private var scorers: [COCOScorer]

  init(_ context: CorrelationContext) throws {
    model = context.model
    detector = try context.model.detector()
    ledger = context.ledger
    variants = LowPassVariant.all(context.request.lowPass)
    let classes = max(1, context.model.classNames.count)
    scorers = variants.map { _ in COCOScorer(classCount: classes) }
  }

  mutating func process(_ record: inout FrameRecord) async throws {
    let letterbox = try record.require(Slots.letterbox)
    let input = InferenceInput.bytes(try record.require(Slots.input))
    let splitModel = model.splitModel
    let whole = try splitModel.segment(.unsplit, at: letterbox.input)
    let truths = TruthObject.unsplit(try boxes(whole.run([input]), letterbox))
    let frontier: Frontier
    if model.isFrontier {
      frontier = try record.require(Slots.frontier)
    } else {
      let head = try splitModel.segment(.head, at: letterbox.input)
      frontier = Frontier(
        tensors: zip(head.outputNames, try head.run([input])).map {
          NamedTensor(name: $0, tensor: $1)
        })
    }
    let tail = try splitModel.segment(.tail, at: letterbox.input)
    for (index, variant) in variants.enumerated() {
      let inputs = try tail.inputNames.map { name in
        guard let tensor = frontier.tensors.first(where: { $0.name == name }) else {
          throw SplitpipeError(.bug, "the tail needs \"\(name)\", which did not cross the cut")
        }
        return InferenceInput.floats(
          try filter.lowest(
            Double(variant.percent) / 100, of: tensor.tensor, along: variant.directions))
      }
      let found = try boxes(tail.run(inputs), letterbox)
      scorers[index].add(image: record.stamp.index, detections: found, truths: truths)
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

  private func boxes(_ outputs: [Tensor<Float>], _ letterbox: Letterbox) throws -> [Detection] {
    guard let output = outputs.first else {
      throw SplitpipeError(.badData, "\(model.name) has no output")
    }
    return try detector.detect(output, letterbox: letterbox)
  }
}
