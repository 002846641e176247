import ArgumentParser
import SplitpipeCore

/// Which network runs, and in which arithmetic.
struct ModelOptions: ParsableArguments {
  @Option(
    help: "A .pt or .onnx file, or the name of an installed model. (default: the demo model)",
    completion: .file(extensions: ["pt", "onnx"]))
  var model: String?

  @Option(help: "Arithmetic of the network: f32, bf16 or auto. (default: auto)")
  var precision: String?

  /// - Throws: `usage` for a name that no precision has.
  func chosenPrecision() throws -> Precision? {
    guard let precision else { return nil }
    guard let chosen = Precision(rawValue: precision) else {
      let names = Precision.allCases.map(\.rawValue).joined(separator: ", ")
      throw SplitpipeError(.usage, "unknown precision \"\(precision)\"; valid are \(names)")
    }
    return chosen
  }
}
