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

  @Argument(
    help: "Videos, and folders of pictures in any layout that evaluate takes.",
    completion: .file())
  var data: [String]

  @OptionGroup var which: ModelOptions

  @Option(help: "Use at most this many frames or pictures of each of the data.")
  var frames: Int?

  @Flag(help: "No progress line.")
  var quiet = false

  @OptionGroup(title: "Input of the network") var pixels: PixelOptions

  @Option(
    help: ArgumentHelp(
      "Order of the input's channels: rgb or bgr. (default: the model's)", valueName: "order"))
  var channelOrder: String?

  @OptionGroup var source: SourceOptions

  @Option(help: ArgumentHelp("The split to stand at. (default: as run)", valueName: "split"))
  var split: String?

  @Option(
    help: "Where the model with the bottleneck goes.", completion: .file(extensions: ["onnx"]))
  var output: String

  @Option(
    help: """
      linear: one convolution, and three on the way back; paper: two of stride 2 with batch \
      normalization and ReLU, and their mirror images.
      """)
  var shape = "linear"

  @Option(
    help: """
      Channels of what crosses (paper: half of them). (default: \(BottleneckRequest.usualChannels))
      """)
  var channels: Int?

  @Option(help: "Rows and columns for one of what crosses, of linear: 1, 2 or 4.")
  var stride = 2

  @Option(
    help: ArgumentHelp(
      "Instead of --channels: the share of coefficients that crosses, as in 10%.",
      valueName: "percent"))
  var rate: String?

  @Option(help: "Bits a coefficient that it learns to live with, 1 to 8.")
  var bits = 4

  @Option(help: "What may change: bottleneck, tail or all.")
  var tune = TunedPart.bottleneck.rawValue

  @Option(
    help: ArgumentHelp(
      "How much a bit a coefficient weighs against the answers; more sends less.",
      valueName: "weight"))
  var entropy = 0.0

  @Option(help: "Steps in all, instead of --minutes.")
  var steps: Int?

  @Option(help: "How long it may learn. (default: 10)")
  var minutes: Double?

  @Option(help: "Begins the weights, and chooses what is looked at.")
  var seed: UInt64 = 1

  @OptionGroup(title: "Input of a classifier") var classifier: ClassifierOptions

  @Option(help: "Write the summary as JSON here.", completion: .file(extensions: ["json"]))
  var summary: String?

  @Flag(help: "Go on with an interrupted training.")
  var resume = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func validate() throws {
    guard (1...8).contains(bits) else { throw ValidationError("--bits is 1 to 8, not \(bits)") }
    guard BottleneckShape.strides.contains(stride) else {
      throw ValidationError("--stride is 1, 2 or 4, not \(stride)")
    }
    guard frames ?? 1 >= 1 else {
      throw ValidationError("--frames is at least 1, not \(frames ?? 0)")
    }
    guard channels ?? 1 >= 1 else {
      throw ValidationError("--channels is at least 1, not \(channels ?? 0)")
    }
    guard channels == nil || rate == nil else {
      throw ValidationError("--channels and --rate say the same; give one")
    }
    guard steps == nil || minutes == nil else {
      throw ValidationError("--steps and --minutes both say when it ends; give one")
    }
    guard steps ?? 1 >= 1, minutes ?? 1 > 0, (minutes ?? 1).isFinite else {
      throw ValidationError("--steps and --minutes are above 0")
    }
    guard entropy >= 0, entropy.isFinite else {
      throw ValidationError("--entropy is a number from 0, not \(entropy)")
    }
  }

  func run() throws {
    if let precision = try which.chosenPrecision(), precision != .f32 {
      throw SplitpipeError(
        .usage, "training computes in f32: leave out --precision \(precision.rawValue)")
    }
    let request = try makeRequest()
    Interruption.listen()
    let session = try BottleneckSession(request)
    let watcher = TrainingWatcher(quiet: quiet)
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
        "stopped after \(result.steps) steps; \(request.output) has the best weights so far, and the same "
          + "command with --resume goes on from there")
    }
  }

  private func makeRequest() throws -> BottleneckRequest {
    var request = BottleneckRequest(
      data: data, model: try which.model.map(resolveModel) ?? DemoModel.path(), output: output)
    request.split = split
    request.kind = try choice(shape, option: "--shape")
    request.channels = channels
    request.stride = stride
    request.share = try rate.map { try percentage($0, option: "--rate") }
    request.bits = bits
    request.tuned = try choice(tune, option: "--tune")
    if let steps { request.budget = .steps(steps) }
    if let minutes { request.budget = .seconds(minutes * 60) }
    request.entropyWeight = entropy
    request.seed = seed
    request.limit = frames
    request.reading = source.settings
    request.input = try pixels.settings()
    request.input.channels = try channelOrder.map {
      try inputOrder($0, option: "--channel-order")
    }
    classifier.apply(to: &request.input)
    request.summary = summary
    request.resume = resume
    return request
  }
}
