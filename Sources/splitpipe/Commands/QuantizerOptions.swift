import ArgumentParser
import SplitpipeStages

/// How values become codes and how often a frame leans on no other.
struct QuantizerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How values become codes: \(RunSettings.quantizerSyntax). (default: paper)",
      valueName: "spec"))
  var quantizer: String?

  @Option(
    help: ArgumentHelp(
      "Frames from one key frame to the next at the latest. (default: 120)", valueName: "frames"))
  var keyInterval: String?

  /// Puts what was given among the settings of a request.
  func apply(to request: inout RunRequest) {
    request.overrides["quantizer"] = quantizer
    request.overrides["key-interval"] = keyInterval
  }
}
