import SplitpipeCodec
import SplitpipeCore
import SplitpipeMedia
import SplitpipeReport

extension EvaluationReport {
  /// Names and values needed to run a sweep again.
  static func settings(
    of summary: EvaluationSummary, _ plan: SweepPlan
  ) -> [(name: String, value: String)] {
    let (request, dataset) = (plan.request, plan.dataset)
    let rules = summary.protocol
    var settings = [
      ("splitpipe", summary.version), ("engine", summary.engine), ("decoding", mediaDescription),
      ("model", "\(summary.model), fingerprint \(plan.model.fingerprints[0])"),
      ("dataset", "\(summary.dataset), list of images \(dataset.fingerprint)"),
      ("precision", summary.precision), ("input", rules.preparation),
      ("splits", request.splits.joined(separator: ", ")),
      ("bits", request.bits.uniqued().map(String.init).joined(separator: ", ")),
      ("codecs", request.codecs.joined(separator: ", ")),
      ("quantizers", request.quantizers.uniqued().joined(separator: ", ")),
      (
        "reference",
        summary.reference == "truth" ? "the labels" : "the unsplit model, confidence 0.25 and more"
      ), ("metrics", rules.metrics),
    ]
    if case .video = dataset.pictures {
      if let frames = request.frames { settings.append(("frames", frames)) }
      settings.append(("key frames", "at the latest every \(request.keyInterval) frames"))
    }
    if let confidence = rules.confidence, let iou = rules.iou, let boxes = rules.maximumBoxes {
      settings.append(
        (
          "boxes",
          "confidence above \(confidence), suppression at IoU \(iou), at most \(boxes) a picture"
        ))
    }
    settings += (rules.baselineSettings ?? [:]).sorted { $0.key < $1.key }.map {
      ($0.key == "jpeg" ? "JPEG" : "H.264", $0.value)
    }
    settings.append(("time", "\(oneDecimal(summary.seconds)) s for this run"))
    return settings.map { (name: $0.0, value: $0.1) }
  }
}
