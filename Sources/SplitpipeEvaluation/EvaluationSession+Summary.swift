import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeModel
import SplitpipeStages

extension EvaluationSession {
  /// Scores one unit after another, so that memory holds the boxes of one.
  func summary(of board: ScoredPictures, complete: Bool) throws -> EvaluationSummary {
    let numbers = board.numbers.sorted()
    var unsplit = (accuracy: emptyAccuracy, bytes: 0.0)
    var rows: [EvaluationSummary.Row] = []
    var baselines: [EvaluationSummary.Baseline] = []
    for (index, unit) in units.enumerated() {
      let scored = try clock.time("score") { try score(unit: index, numbers, board) }
      guard let score = scored else { continue }
      let accuracy = accuracy(score.metrics)
      switch unit.kind {
      case .unsplit: unsplit = (accuracy, score.bytes[0])
      case .split(let setting):
        let crossing = model.crossing[setting.split]
        let tensors = request.onlyNamed ? [crossing.named] : crossing.all
        for (codec, bytes) in zip(setting.codecs, score.bytes) {
          rows.append(
            EvaluationSummary.Row(
              split: request.splits[setting.split], bits: setting.depth.bits, codec: codec.rawValue,
              accuracy: accuracy, rawBytes: score.rawBytes, codedBytes: bytes,
              bitsPerCoefficient: bytes * 8 / max(1, score.rawBytes / 4), tensors: tensors,
              quantizer: setting.quantizer.description,
              clampedFraction: setting.quantizer.clamps ? score.clampedFraction : nil))
        }
      case .jpeg(let quality):
        baselines.append(
          EvaluationSummary.Baseline(
            kind: "jpeg", setting: quality, accuracy: accuracy, bytesPerFrame: score.bytes[0]))
      case .h264(let factor):
        baselines.append(
          EvaluationSummary.Baseline(
            kind: "h264", setting: factor, accuracy: accuracy, bytesPerFrame: score.bytes[0]))
      }
    }
    return EvaluationSummary(
      dataset: dataset.name, images: numbers.count, total: board.total ?? numbers.count,
      complete: complete, model: request.model, precision: request.precision.rawValue,
      engine: model.engineDescription, version: splitpipeVersion, protocol: statedProtocol,
      sourceBytes: unsplit.bytes, reference: dataset.reference,
      unsplit: unsplit.accuracy, rows: rows.markingFront(), baselines: baselines,
      skipped: skipped, notes: dataset.notes, seconds: elapsedSeconds,
      stageSeconds: clock.seconds)
  }

  private func score(
    unit: Int, _ numbers: [Int], _ board: ScoredPictures
  ) throws -> SweepScore? {
    var scorer = SweepScorer(model)
    let labels = dataset.classLabels
    for number in numbers {
      guard let result = try journal.result(unit: journalUnits[unit], image: number) else {
        throw SplitpipeError(.bug, "picture \(number) has no result for \(units[unit].key)")
      }
      scorer.add(
        image: number, result, truths: try truths(number, size: result.size, board),
        label: labels[number])
    }
    return scorer.score()
  }

  /// What is to be found in a picture: its labels, or what the unsplit model finds.
  private func truths(
    _ number: Int, size: PixelSize, _ board: ScoredPictures
  ) throws -> [TruthObject] {
    guard isDetection, dataset.reference == "unsplit" else {
      return try board.objects(number, size: size)
    }
    guard case .boxes(let boxes) = try journal.result(unit: journalUnits[0], image: number)?.answer
    else { throw SplitpipeError(.bug, "picture \(number) has no boxes of the unsplit model") }
    return TruthObject.unsplit(boxes)
  }

  var isDetection: Bool {
    if case .detection = model.task { true } else { false }
  }

  private var emptyAccuracy: EvaluationSummary.Accuracy {
    EvaluationSummary.Accuracy(isDetection: isDetection)
  }

  private func accuracy(_ metrics: SweepScore.Metrics) -> EvaluationSummary.Accuracy {
    switch metrics {
    case .classes(let top1, let top5, let byClass):
      return EvaluationSummary.Accuracy(
        isDetection: false, first: top1, second: top5,
        perClass: Dictionary(
          byClass.map { (className($0), $1) }, uniquingKeysWith: { first, _ in first }))
    case .boxes(let result):
      var perClass: [String: Double] = [:]
      for (index, value) in result.perClass.enumerated() {
        guard let value else { continue }
        perClass[className(index)] = value
      }
      return EvaluationSummary.Accuracy(
        isDetection: true, first: result.map50, second: result.map50_95,
        statistics: result.statistics, perClass: perClass)
    }
  }

  func className(_ index: Int) -> String {
    model.classNames.indices.contains(index) ? model.classNames[index] : "class \(index)"
  }

  private var statedProtocol: EvaluationSummary.Rules {
    var settings: [String: String] = [:]
    if !request.jpegQualities.isEmpty {
      settings["jpeg"] = "libjpeg-turbo, 4:2:0, of the picture as decoded"
    }
    if !request.h264Factors.isEmpty {
      settings["h264"] = "libx264, preset medium, tune zerolatency, constant rate factor"
    }
    let detection = isDetection ? DetectionSettings.evaluation : nil
    return EvaluationSummary.Rules(
      task: isDetection ? "detection" : "classification",
      preparation: model.preparation.description,
      confidence: detection.map { (Double($0.confidence) * 1e6).rounded() / 1e6 },
      iou: detection?.overlap, maximumBoxes: detection?.maximumDetections,
      metrics: isDetection
        ? "COCOeval on boxes, at most 100 detections per picture and class"
        : "share of pictures whose class scores highest, or among the five highest",
      onlyNamed: request.onlyNamed, baselineSettings: settings.isEmpty ? nil : settings)
  }
}
