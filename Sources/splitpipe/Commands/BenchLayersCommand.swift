import ArgumentParser
import SplitpipeCore
import SplitpipeEvaluation
import SplitpipeFiles
import SplitpipeModelStore

struct BenchLayersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "What heads take on this device, for a plan made elsewhere.",
    discussion: """
      Runs the head of every split in turn with the unsplit network beside it and writes medians. Give \
      the file to splitpipe plan with --profile on any machine.

      EXAMPLE
        splitpipe bench layers street.mp4 --model yolov5n.pt --output device.json
        splitpipe plan street.mp4 --model yolov5n.pt --profile device.json
      """)

  @Argument(
    help: "A video, a folder of images, or a dataset as evaluate takes it.",
    completion: .file())
  var input: String

  @OptionGroup var network: NetworkOptions

  @Option(help: "Splits, separated by commas. (default: some that stand for all)")
  var split: String?

  @Option(help: "How many splits stand for all.")
  var splits = 25

  @OptionGroup(title: "Input of a classifier") var classifier: ClassifierOptions

  @Option(help: "Write the profile here.", completion: .file(extensions: ["json"]))
  var output: String?

  @Flag(help: "Print the profile as JSON.")
  var json = false

  func validate() throws {
    guard splits >= 1 else { throw ValidationError("--splits is at least 1, not \(splits)") }
  }

  func run() throws {
    var request = LayerProfile.Request(
      input: input, model: try network.model.map(resolveModel) ?? DemoModel.path())
    request.splits = try split.map { try nameList($0, option: "--split") } ?? []
    request.splitCount = splits
    request.frames = network.frames ?? request.frames
    request.precision = try network.chosenPrecision() ?? request.precision
    request.input = try network.input.settings()
    classifier.apply(to: &request.input)
    if let output {
      try checkOutputs([output], inputs: [input, request.model])
      try OutputFile(output).cancel()
    }
    Interruption.listen()
    let watcher = PlanWatcher(quiet: network.quiet)
    let profile: LayerProfile
    do {
      defer { watcher.finish() }
      profile = try LayerProfile.measure(request, stop: Interruption.signal) { watcher.note($0) }
    }
    if let output { try writeJSON(profile, to: output) }
    try Terminal.result(json ? jsonText(profile) : table(profile))
  }

  private func table(_ profile: LayerProfile) -> String {
    let rows = profile.layers.map { [$0.split, Text.milliseconds($0.headSeconds)] }
    return Text.table(
      [["median of \(profile.frames) frames of \(profile.size)", "head"]] + rows
        + [["", ""], ["unsplit network", Text.milliseconds(profile.unsplitSeconds)]], numeric: true)
  }
}
