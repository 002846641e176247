import ArgumentParser
import SplitpipeDetection

/// How labels are read, shared by the commands that score against some.
struct LabelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Which class of the labels, by name or number, is which of the model's, as in "
        + "helmet=person,2=car.", valueName: "pairs"))
  var map: String?

  @Option(
    help: ArgumentHelp(
      "What the labels of a video call its first frame, 0 or 1. (default: found out)",
      valueName: "number"))
  var truthStart: Int?

  @Flag(help: "Refuse labels with a line that cannot be used, instead of leaving it out.")
  var strict = false

  func validate() throws {
    if let truthStart, !(0...1).contains(truthStart) {
      throw ValidationError("--truth-start is 0 or 1, not \(truthStart)")
    }
  }

  /// - Throws: `usage` for a map that is none.
  func options() throws -> TruthOptions {
    var options = TruthOptions()
    options.classMap = try map.map { try ClassMap($0) } ?? options.classMap
    options.isStrict = strict
    options.firstFrame = truthStart
    return options
  }
}
