import ArgumentParser
import SplitpipeCore

/// Which network runs, how, and on how much; shared by the commands that run one.
struct NetworkOptions: ParsableArguments {
  @OptionGroup var which: ModelOptions

  @Option(help: "Read at most this many frames or images.")
  var frames: Int?

  @OptionGroup(title: "Input of the network") var input: InputOptions

  @Flag(help: "No progress line.")
  var quiet = false

  var model: String? { which.model }
  var precision: String? { which.precision }

  /// - Throws: `usage` for a name that no precision has.
  func chosenPrecision() throws -> Precision? { try which.chosenPrecision() }

  /// - Throws: `usage` for a precision that gradients are not computed in.
  func refuseOtherPrecision() throws {
    if let precision = try chosenPrecision(), precision != .f32 {
      throw SplitpipeError(
        .usage, "gradients are computed in f32: leave out --precision \(precision.rawValue)")
    }
  }

  func validate() throws {
    if let frames, frames < 1 { throw ValidationError("--frames is at least 1, not \(frames)") }
  }
}
