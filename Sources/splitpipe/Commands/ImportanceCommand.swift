import ArgumentParser
import SplitpipeCore
import SplitpipeEvaluation
import SplitpipeFiles
import SplitpipeModel
import SplitpipeModelStore

struct ImportanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "importance",
    abstract:
      "How much each tensor has to do with the answer: the curve that I-SPLIT chooses a split by.",
    discussion: """
      One run of the network and its gradients a picture tells the importance of every tensor. The peak \
      and the local maxima of the curve are candidates for a split, without any retraining; CDE's, \
      where tensors become smaller, stand beside them. Ctrl-C keeps what is done; the same command with \
      --resume goes on from there. See Documentation/importance.md for what each number means.

      EXAMPLE
        splitpipe importance coco128 --model yolov5n.pt --summary importance.json
      """)

  @Argument(
    help: """
      A folder with pictures, with or without labels, in any layout that evaluate takes; for a \
      classifier a folder per class or a labels.csv.
      """, completion: .file())
  var dataset: String

  @OptionGroup var network: NetworkOptions

  @Option(
    help:
      "Modules, tensors or nodes to look at, separated by commas. (default: all that can be split at)"
  )
  var split: String?

  @Option(help: "grad-cam, or gradients: the mean gradient alone.")
  var method = "grad-cam"

  @Option(
    help: """
      code: means, as the authors' program has them; paper: the sum over places, as their equation 1 is \
      printed; cumulative: code, summed over all tensors behind.
      """)
  var definition = "code"

  @Option(
    help: """
      What is differentiated. Classifier: label or prediction. Detector: kept, the scores of the boxes \
      above 0.25, or truth, of those that lie on an object of the labels. (default: label, kept)
      """)
  var target: String?

  @Option(
    help: ArgumentHelp(
      "Classes that count, such as person,car; names or numbers. (default: all)", valueName: "names"
    ))
  var classes: String?

  @Option(
    help: ArgumentHelp(
      "Compare values of this share of coefficients, the most relevant ones, with all at --split: 10%.",
      valueName: "share"))
  var relevance: String?

  @OptionGroup(title: "Labels") var labels: DatasetOptions

  @OptionGroup(title: "Input of a classifier") var classifier: ClassifierOptions

  @Option(help: "Write the summary as JSON here.", completion: .file(extensions: ["json"]))
  var summary: String?

  @Option(help: "Write a report for people here.", completion: .file(extensions: ["html"]))
  var report: String?

  @Flag(help: "Go on with an interrupted run.")
  var resume = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func run() throws {
    let request = try makeRequest()
    Interruption.listen()
    let session = try ImportanceSession(request)
    var line: ProgressLine?
    let result = try session.run(stop: Interruption.signal) { progress in
      switch progress {
      case .looking(let total), .telling(let total):
        line?.finish()
        line = ProgressLine(total: total, quiet: network.quiet, noun: "picture")
      case .advanced: line?.advance()
      case .skipped(let image):
        line?.finish()
        Terminal.say("note: left out \"\(image.file)\": \(image.reason)")
      }
    }
    line?.finish()
    for note in result.notes { Terminal.say("note: \(note)") }
    try session.finish(result, command: Text.commandLine)
    try Terminal.result(json ? jsonText(result) : ImportanceTable(result).text)
    if !result.complete {
      let how =
        request.statePath == nil
        ? "give --summary to be able to go on with --resume"
        : "the same command with --resume goes on from there"
      throw SplitpipeError(
        .interrupted, "stopped after \(result.images) of \(result.total) pictures; \(how)")
    }
  }

  private func makeRequest() throws -> ImportanceRequest {
    try network.refuseOtherPrecision()
    var request = ImportanceRequest(
      dataset: dataset, model: try network.model.map(resolveModel) ?? DemoModel.path())
    request.splits = try split.map { try nameList($0, option: "--split") } ?? []
    request.method = try choice(method, option: "--method")
    request.definition = try choice(definition, option: "--definition")
    request.target = try target.map { try choice($0, option: "--target") }
    request.classes = try classes.map { try nameList($0, option: "--classes") } ?? []
    request.relevance = try relevance.map { try percentage($0, option: "--relevance") }
    request.limit = network.frames
    request.data = try labels.request(dataset)
    request.input = try network.input.settings()
    classifier.apply(to: &request.input)
    request.summary = summary
    request.report = report
    request.resume = resume
    return request
  }
}
