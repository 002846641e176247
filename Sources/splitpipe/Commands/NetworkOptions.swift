import ArgumentParser
import SplitpipeCore

/// Which network runs, how, and on how much; shared by the commands that run one.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: "A .pt or .onnx file, or the name of an installed model. (default: the demo model)",
    completion: .file(extensions: ["pt", "onnx"]))
  var model: String?

  @Option(help: "Arithmetic of the network: f32, bf16 or auto. (default: auto)")
  var precision: String?

  @Option(help: "Read at most this many frames or images.")
  var frames: Int?

  @OptionGroup(title: "Input of the network") var input: InputOptions

  @Flag(help: "No progress line.")
  var quiet = false

  /// - Throws: `usage` for a name that no precision has.
  func chosenPrecision() throws -> Precision? {
    guard let precision else { return nil }
    guard let chosen = Precision(rawValue: precision) else {
      let names = Precision.allCases.map(\.rawValue).joined(separator: ", ")
      throw SplitpipeError(.usage, "unknown precision \"\(precision)\"; valid are \(names)")
    }
    return chosen
  }

  func validate() throws {
    if let frames, frames < 1 { throw ValidationError("--frames is at least 1, not \(frames)") }
  }
}
