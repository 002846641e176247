import ArgumentParser
import SplitpipeCore
import SplitpipeEvaluation
import SplitpipeFiles
import SplitpipeModel
import SplitpipeModelStore
import SplitpipeTraining

struct BottleneckTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a bottleneck at a split, without labels.",
    discussion: """
      An encoder on the device and a decoder on the server stand where tensors crossed. They learn to \
      restore the tensors first (I-SPLIT's equation 3), then to let the rest of the model answer as it \
      did. What is written is one ONNX model whose split is called bottleneck; unless --tune says \
      otherwise the rest of the model stays as it was, bit for bit.

      The last tenth of each of the data is not learnt from: it tells which weights are best. Ctrl-C \
      keeps those; the same command with --resume goes on from there.

      EXAMPLE
        splitpipe bottleneck train camera.mp4 --model yolov5n.pt --split 3 \\
          --output camera.onnx --minutes 30
        splitpipe evaluate later.mp4 --model camera.onnx --reference yolov5n.pt \\
          --split bottleneck --codec context --quantizer held --report later.html
      """)

  @OptionGroup var options: BottleneckOptions

  @Option(
    help: "Where the model with the bottleneck goes.", completion: .file(extensions: ["onnx"]))
  var output: String

  @Option(help: "Steps in all, instead of --minutes.")
  var steps: Int?

  @Option(help: "How long it may learn. (default: 10)")
  var minutes: Double?

  @Option(help: "Write the summary as JSON here.", completion: .file(extensions: ["json"]))
  var summary: String?

  @Flag(help: "Go on with an interrupted training.")
  var resume = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func validate() throws {
    guard steps == nil || minutes == nil else {
      throw ValidationError("--steps and --minutes both say when it ends; give one")
    }
    guard steps ?? 1 >= 1, minutes ?? 1 > 0, (minutes ?? 1).isFinite else {
      throw ValidationError("--steps and --minutes are above 0")
    }
  }

  func run() throws {
    let request = try makeRequest()
    Interruption.listen()
    let session = try BottleneckSession(request)
    let watcher = TrainingWatcher(quiet: options.quiet)
    let result: BottleneckSummary
    do {
      defer { watcher.finish() }
      result = try session.run(stop: Interruption.signal) { watcher.note($0) }
    }
    for note in result.notes { Terminal.say("note: \(note)") }
    try Terminal.result(json ? jsonText(result) : BottleneckTable(result).text)
    if !result.complete {
      throw SplitpipeError(
        .interrupted,
        "stopped after \(result.steps) steps; \(output) has the best weights so far, and the same "
          + "command with --resume goes on from there")
    }
  }

  private func makeRequest() throws -> BottleneckRequest {
    var request = try options.request(output: output)
    if let steps { request.budget = .steps(steps) }
    if let minutes { request.budget = .seconds(minutes * 60) }
    request.summary = summary
    request.resume = resume
    return request
  }
}
