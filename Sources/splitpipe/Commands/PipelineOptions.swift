import ArgumentParser
import SplitpipeStages

/// The settings that override a pipeline file's, shared by the commands that run one.
struct PipelineOptions: ParsableArguments {
  @Option(
    help: "A YOLOv5 .pt checkpoint or an .onnx file. (default: the demo model)",
    completion: .file(extensions: ["pt", "onnx"]))
  var model: String?

  @Option(help: "Module, tensor or node to cut after. (default: 4.m)")
  var split: String?

  @Option(help: "Width of a coefficient, 2 to 8; 32 sends float32. (default: 3)")
  var bits: String?

  @Option(help: "How codes become bytes: \(RunSettings.codecSyntax). (default: rle)")
  var codec: String?

  @Option(help: "Arithmetic of the network: f32, bf16 or auto. (default: auto)")
  var precision: String?

  @Option(help: "Read at most this many frames.")
  var frames: Int?

  @Flag(help: "No progress line.")
  var quiet = false

  func validate() throws {
    if let frames, frames < 1 { throw ValidationError("--frames is at least 1, not \(frames)") }
  }

  /// A request for a pipeline with these overrides.
  func request(_ input: String, pipeline: (text: String, path: String)) -> RunRequest {
    var request = RunRequest(input: input, pipeline: pipeline)
    let given = [
      "model": model, "split": split, "bits": bits, "codec": codec, "precision": precision,
    ]
    request.overrides = given.compactMapValues { $0 }
    request.frames = frames
    return request
  }
}
