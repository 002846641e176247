import ArgumentParser
import SplitpipeStages

/// The settings that override a pipeline file's, shared by the commands that run one.
struct PipelineOptions: ParsableArguments {
  @OptionGroup var network: NetworkOptions

  @Option(help: SplitHelp.one)
  var split: String?

  @Option(help: "Width of a coefficient, 2 to 8; 32 sends float32. (default: 3)")
  var bits: String?

  @Option(help: "How codes become bytes: \(RunSettings.codecSyntax). (default: rle)")
  var codec: String?

  var frames: Int? { network.frames }
  var quiet: Bool { network.quiet }

  /// A request for a pipeline with these overrides.
  func request(_ input: String, pipeline: (text: String, path: String)) -> RunRequest {
    var request = RunRequest(input: input, pipeline: pipeline)
    let given = [
      "model": network.model, "split": split, "bits": bits, "codec": codec,
      "precision": network.precision,
    ]
    request.overrides = given.compactMapValues { $0 }
    // float32 values are sent as they are, whatever codes codes the pipeline has.
    if bits == "32", codec == nil { request.overrides["codec"] = "raw" }
    request.overrides.merge(network.input.given) { _, given in given }
    request.frames = frames
    return request
  }
}
