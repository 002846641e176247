import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeStages

extension EvaluationSummary {
  /// The numbers of a sweep: what was asked, what is known, and how good every unit is.
  ///
  /// - Parameters:
  ///   - plan: what was asked.
  ///   - state: what is known.
  ///   - scores: of every unit; nil where no picture is done.
  ///   - isComplete: whether nothing is left to do.
  ///   - seconds: since the work began.
  ///   - stageSeconds: by part of the work.
  init(
    _ plan: SweepPlan, _ state: SweepState, _ scores: [(unit: SweepUnit, score: SweepScore?)],
    isComplete: Bool, seconds: Double, stageSeconds: [String: Double]
  ) {
    let (request, model) = (plan.request, plan.model)
    var sourceBytes = 0.0
    var unsplit = Accuracy(isDetection: model.isDetection)
    var rows: [Row] = []
    var baselines: [Baseline] = []
    var notes = state.notes
    for (unit, score) in scores {
      guard let score else { continue }
      let accuracy = Accuracy(score.metrics, model)
      switch unit.kind {
      case .unsplit:
        unsplit = accuracy
        sourceBytes = score.bytes[0]
        notes += [score.plausibility.note].compactMap(\.self)
      case .split(let setting):
        rows += Self.rows(setting, score, accuracy, plan)
      case .jpeg(let quality):
        baselines.append(
          Baseline(
            kind: "jpeg", setting: quality, accuracy: accuracy, bytesPerFrame: score.bytes[0]))
      case .h264(let factor):
        baselines.append(
          Baseline(
            kind: "h264", setting: factor, accuracy: accuracy, bytesPerFrame: score.bytes[0]))
      }
    }
    self.init(
      dataset: plan.dataset.name, images: state.done.count,
      total: state.total ?? state.done.count, complete: isComplete, model: request.model,
      precision: request.precision.rawValue, engine: model.engineDescription,
      version: splitpipeVersion, protocol: Rules(plan), sourceBytes: sourceBytes,
      reference: plan.dataset.reference, unsplit: unsplit, rows: rows.markingFront(),
      baselines: baselines, skipped: state.skipped, notes: notes, seconds: seconds,
      stageSeconds: stageSeconds)
  }

  /// One for each codec.
  private static func rows(
    _ setting: SweepUnit.Setting, _ score: SweepScore, _ accuracy: Accuracy, _ plan: SweepPlan
  ) -> [Row] {
    let crossing = plan.model.crossing[setting.split]
    return zip(setting.codecs, score.bytes).map { codec, bytes in
      Row(
        split: plan.request.splits[setting.split], bits: setting.depth.bits,
        codec: codec.rawValue, accuracy: accuracy, rawBytes: score.rawBytes, codedBytes: bytes,
        bitsPerCoefficient: bytes * 8 / max(1, score.rawBytes / 4),
        tensors: plan.request.onlyNamed ? [crossing.named] : crossing.all,
        quantizer: setting.quantizer.description,
        clampedFraction: setting.quantizer.clamps ? score.clampedFraction : nil)
    }
  }
}

extension EvaluationSummary.Accuracy {
  init(_ metrics: SweepScore.Metrics, _ model: EvaluatedModel) {
    switch metrics {
    case .classes(let top1, let top5, let byClass):
      self.init(
        isDetection: false, first: top1, second: top5,
        perClass: Dictionary(
          byClass.map { (model.className($0), $1) }, uniquingKeysWith: { first, _ in first }))
    case .boxes(let result):
      var perClass: [String: Double] = [:]
      for (index, value) in result.perClass.enumerated() {
        guard let value else { continue }
        perClass[model.className(index)] = value
      }
      self.init(
        isDetection: true, first: result.map50, second: result.map50_95,
        statistics: result.statistics, perClass: perClass)
    }
  }
}

extension EvaluationSummary.Rules {
  init(_ plan: SweepPlan) {
    let (request, isDetection) = (plan.request, plan.model.isDetection)
    var settings: [String: String] = [:]
    if !request.jpegQualities.isEmpty {
      settings["jpeg"] = "libjpeg-turbo, 4:2:0, of the picture as decoded"
    }
    if !request.h264Factors.isEmpty {
      settings["h264"] = "libx264, preset medium, tune zerolatency, constant rate factor"
    }
    let detection = isDetection ? DetectionSettings.evaluation : nil
    self.init(
      task: isDetection ? "detection" : "classification", frames: request.frames,
      preparation: plan.model.preparation.description,
      confidence: detection.map { (Double($0.confidence) * 1e6).rounded() / 1e6 },
      iou: detection?.overlap, maximumBoxes: detection?.maximumDetections,
      metrics: isDetection
        ? "COCOeval on boxes, at most 100 detections per picture and class"
        : "share of pictures whose class scores highest, or among the five highest",
      onlyNamed: request.onlyNamed, baselineSettings: settings.isEmpty ? nil : settings)
  }
}
