import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeStages

extension CorrelationSummary {
  /// The numbers of an analysis.
  ///
  /// - Parameters:
  ///   - request: what was asked.
  ///   - model: whose tensors were looked at.
  ///   - result: what was counted.
  ///   - lowPass: what filters cost; empty where none were asked for.
  ///   - skipped: corrupt packets or unreadable images.
  ///   - interrupted: whether the user stopped it.
  ///   - seconds: what it took.
  init(
    _ request: CorrelationRequest, _ model: CorrelationModel, _ result: CorrelationResult,
    lowPass: [LowPass], skipped: Int, interrupted: Bool, seconds: Double
  ) {
    func numbers(_ part: CorrelationPart) -> [Tensor] {
      part.tensors.map { Tensor($0, keyInterval: request.keyInterval) }
    }
    func kind(_ part: CorrelationPart) -> Kind? {
      part.frames == 0 ? nil : Kind(frames: part.frames, tensors: numbers(part))
    }
    var tensors = numbers(result.whole)
    for index in tensors.indices where result.bytes.indices.contains(index) {
      tensors[index].bytesPerFrame = result.bytes[index]
    }
    self.init(
      input: redacted(request.input), model: request.model, split: model.splitModel.split,
      bits: request.bits.uniqued(), precision: request.precision.rawValue,
      engine: model.splitModel.engineDescription, version: splitpipeVersion,
      frames: result.whole.frames, start: request.start, every: request.every, skipped: skipped,
      interrupted: interrupted, seconds: seconds,
      framesPerSecond: Double(result.whole.frames) / max(seconds, 1e-9),
      preparation: model.preparation.description, tensors: tensors,
      segments: result.segments.isEmpty ? nil : result.segments, still: kind(result.still),
      moving: kind(result.moving), lowPass: lowPass.isEmpty ? nil : lowPass,
      conclusion: CorrelationConclusion(tensors).sentence, rule: CorrelationConclusion.rule,
      notes: model.notes + result.notes)
  }
}
