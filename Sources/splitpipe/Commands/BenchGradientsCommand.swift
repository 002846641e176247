import ArgumentParser
import SplitpipeEvaluation
import SplitpipeFiles
import SplitpipeModelStore

struct BenchGradientsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradients",
    abstract: "The network with the gradients of importance beside the network alone.",
    discussion: """
      Both run in turn on every frame, in float32.

      EXAMPLE
        splitpipe bench gradients street.mp4 --model yolov5n.pt --split 2,4,6,9
      """)

  @Argument(
    help: "A video, an image, a folder of images, or an address FFmpeg can open.",
    completion: .file())
  var input: String

  @OptionGroup var network: NetworkOptions

  @Option(
    help:
      "Modules, tensors or nodes to look at, separated by commas. (default: all that can be split at)"
  )
  var split: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try network.refuseOtherPrecision()
    var request = GradientBenchmark.Request(
      input: input, model: try network.model.map(resolveModel) ?? DemoModel.path())
    request.splits = try split.map { try nameList($0, option: "--split") } ?? []
    request.frames = network.frames ?? request.frames
    request.networkInput = try network.input.settings()
    Interruption.listen()
    let progress = ProgressLine(total: request.frames, quiet: network.quiet)
    let result: GradientBenchmark
    do {
      defer { progress.finish() }
      result = try GradientBenchmark.measure(request, stop: Interruption.signal) {
        progress.advance()
      }
    }
    try Terminal.result(json ? jsonText(result) : table(result))
  }

  private func table(_ result: GradientBenchmark) -> String {
    Text.table(
      [
        ["median of \(result.frames) frames of \(result.size)", ""],
        ["network", Text.milliseconds(result.forwardSeconds)],
        ["with gradients at \(result.tensors) tensors", Text.milliseconds(result.gradientSeconds)],
        ["ratio", Text.decimal(result.ratio, 2)],
      ], numeric: true)
  }
}
