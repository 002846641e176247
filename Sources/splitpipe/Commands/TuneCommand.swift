import ArgumentParser
import SplitpipeCodec
import SplitpipeCore
import SplitpipeEvaluation
import SplitpipeFiles
import SplitpipeModelStore
import SplitpipeStages

struct TuneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Find the cheapest setting that keeps the accuracy.",
    discussion: """
      Tries bit depths and quantizers, coarse to fine, several at once in one pass over the input, \
      and prints the setting of the fewest bytes whose mAP stays at the floor or above. Without \
      labels the boxes of the unsplit model are the reference. Ctrl-C keeps what is done; the same \
      command with --resume goes on from there.

      EXAMPLE
        splitpipe tune street.mp4 --model yolov5n.pt --split 4.m,9 --floor 0.95 \\
          --summary tuned.json
      """)

  @Argument(
    help: "A video, a folder of images, or a dataset as evaluate takes it.",
    completion: .file())
  var input: String

  @OptionGroup var network: NetworkOptions

  @OptionGroup var source: SourceOptions

  @Option(help: SplitHelp.several)
  var split: String?

  @Option(
    help: "The mAP to keep, as in 0.95, or the share of the unsplit model's, as in 95%.")
  var floor = "95%"

  @Option(
    help: ArgumentHelp(
      "What is kept: \(TuneRequest.Metric.allCases.map(\.rawValue).joined(separator: " or ")).",
      valueName: "name"))
  var metric = TuneRequest.Metric.map50_95.rawValue

  @Option(help: "How codes become bytes: \(RunSettings.codecSyntax).")
  var codec = "context"

  @Option(
    help: ArgumentHelp(
      "Frames of a video from one key frame to the next at the latest.", valueName: "frames"))
  var keyInterval = KeySchedule.usualInterval

  @OptionGroup(title: "Labels") var labels: DatasetOptions

  @Option(
    help: "Write every setting tried as JSON here.", completion: .file(extensions: ["json"]))
  var summary: String?

  @Flag(help: "Go on with an interrupted search.")
  var resume = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func run() async throws {
    let request = try makeRequest()
    Interruption.listen()
    let session = try TuneSession(request)
    let notes = session.notes
    for note in notes { Terminal.say("note: \(note)") }
    let watcher = EvaluationWatcher(quiet: network.quiet)
    let result: TuneSummary
    do {
      defer { watcher.finish() }
      result = try await session.run(stop: Interruption.signal) { progress in
        switch progress {
        case .round(let number, let settings):
          watcher.prefix = "round \(number), \(settings) setting\(settings == 1 ? "" : "s"): "
        case .sweep(let inner): watcher.note(inner)
        }
      }
    }
    for note in result.notes.dropFirst(notes.count) { Terminal.say("note: \(note)") }
    try Terminal.result(json ? jsonText(result) : TuneTable(result).text)
    if let breakage = session.breakage { throw breakage }
    if !result.complete {
      throw SplitpipeError(
        .interrupted,
        "stopped after \(result.points.count) settings; \(session.resumeSentence)")
    }
    if result.best == nil { throw TuneTable.nothingFound(result) }
  }

  private func makeRequest() throws -> TuneRequest {
    var request = TuneRequest(
      input: input, model: try network.model.map(resolveModel) ?? DemoModel.path())
    request.splits = try split.map { try nameList($0, option: "--split") } ?? []
    request.floor = try AccuracyFloor.parse(floor)
    guard let metric = TuneRequest.Metric(rawValue: metric) else {
      throw SplitpipeError(
        .usage,
        "unknown metric \"\(metric)\"; valid are "
          + TuneRequest.Metric.allCases.map(\.rawValue).joined(separator: ", "))
    }
    request.metric = metric
    request.codec = codec
    request.keyInterval = keyInterval
    request.precision = try network.chosenPrecision() ?? request.precision
    request.networkInput = try network.input.settings()
    request.data = try labels.request(input)
    request.frames = network.frames
    request.reading = source.settings
    request.summary = summary
    request.resume = resume
    return request
  }
}
