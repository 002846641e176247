import ArgumentParser
import SplitpipeCodec
import SplitpipeCore
import SplitpipeStages

/// How tensors become packets, shared by the commands that compare places to cut.
struct CodingOptions: ParsableArguments {
  @Option(help: "Width of a coefficient, 2 to 8; 32 sends float32.")
  var bits = 4

  @Option(help: "How codes become bytes: \(RunSettings.codecSyntax).")
  var codec = "context"

  @Option(
    help: ArgumentHelp(
      "How values become codes: \(RunSettings.quantizerSyntax).", valueName: "spec"))
  var quantizer = "paper"

  /// - Throws: `usage` for an unknown codec or quantizer, or a width that there is not.
  func settings() throws -> CodingSettings {
    guard let depth = BitDepth(bits) else {
      throw SplitpipeError(.usage, "--bits is 2 to 8, or 32, not \(bits)")
    }
    return CodingSettings(
      codec: try CodecSettings(codec: CodecName.parse(codec), bits: depth),
      quantizer: try QuantizerSettings.parse(quantizer))
  }
}
