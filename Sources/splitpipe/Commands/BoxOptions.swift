import ArgumentParser
import SplitpipeStages

/// Which boxes are shown and written. mAP has a protocol of its own, but for the classes.
struct BoxOptions: ParsableArguments {
  @Option(help: "Least confidence of a box that is shown or written. (default: 0.25)")
  var confidence: String?

  @Option(help: "Overlap (IoU) above which the lesser box of a class goes. (default: 0.45)")
  var iou: String?

  @Option(help: "Boxes of a frame at most. (default: 1000)")
  var maxBoxes: String?

  @Option(
    help: ArgumentHelp(
      "Classes to look for and to score, such as person,car; names or numbers. (default: all)",
      valueName: "names"))
  var classes: String?

  /// Puts what was given among the settings of a request.
  ///
  /// - Parameters:
  ///   - request: gets them.
  ///   - stage: the stage that they are options of.
  func apply(to request: inout RunRequest, stage: String = "detect") {
    request.overrides["classes"] = classes
    let given = ["confidence": confidence, "iou": iou, "max-boxes": maxBoxes]
      .compactMapValues { $0 }
    if !given.isEmpty { request.stageOverrides[stage] = given }
  }
}
