import ArgumentParser
import SplitpipeCore
import SplitpipeCorrelation
import SplitpipeFiles
import SplitpipeModelStore
import SplitpipeStages

struct CorrelateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "correlate",
    abstract:
      "Whether tensors resemble their neighbours in space and time, and what that is worth.",
    discussion: """
      Measures, for every tensor that crosses the split, ranges of differences, correlations, \
      entropies given neighbours, and spectra, in one pass over the video. See \
      Documentation/correlating.md for what each number means.

      EXAMPLE
        splitpipe correlate street.mp4 --model yolov5n.pt --split 4.m --bits 3,4 \\
          --summary street.json --report street.html
      """)

  @Argument(
    help: "A video, an image, a folder of images, or an address FFmpeg can open.",
    completion: .file())
  var input: String

  @OptionGroup var network: NetworkOptions

  @Option(help: SplitHelp.one)
  var split: String?

  @Option(
    help: """
      Tensors to analyse, separated by commas, such as 1,4.m,9. (default: all that cross at the split)
      """)
  var tensors: String?

  @Option(help: "Widths of a coefficient, 2 to 8, separated by commas.")
  var bits = "3"

  @Option(
    help: ArgumentHelp(
      "Begin at this time of the video: seconds, or hours:minutes:seconds.", valueName: "time"))
  var start: StartTime?

  @Option(help: "Analyse one of every so many frames.")
  var every = 1

  @Option(help: "Frames between key frames, for entropies with the range held in between.")
  var keyInterval = 60

  @Option(help: "Report still and moving stretches apart: auto.")
  var segments: String?

  @Option(
    help: """
      Percentages of the frequencies to keep, separated by commas, such as 10,25,50: mAP against \
      unsplit with only these. Runs the rest of the network 16 times a frame for three of them.
      """)
  var lowpass: String?

  @Option(help: "Codecs to count bytes of, separated by commas. (default: all, with --report)")
  var codecs: String?

  @OptionGroup(title: "Input of a classifier") var classifier: ClassifierOptions

  @Option(help: "Write a report for people here.", completion: .file(extensions: ["html"]))
  var report: String?

  @Option(help: "Write the summary as JSON here.", completion: .file(extensions: ["json"]))
  var summary: String?

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func run() async throws {
    let request = try makeRequest()
    Interruption.listen()
    let session = try CorrelationSession(request)
    let progress = ProgressLine(total: session.expectedFrames, quiet: network.quiet)
    let outcome: CorrelationOutcome
    do {
      defer { progress.finish() }
      outcome = try await session.run(stop: Interruption.signal) { progress.advance() }
    }
    if !network.quiet { for note in outcome.summary.notes { Terminal.say("note: \(note)") } }
    for note in session.notesOnFrames { Terminal.say("note: \(note)") }
    try session.finish(outcome, command: Text.commandLine)
    try Terminal.result(
      json ? jsonText(outcome.summary) : CorrelationTable(outcome.summary).text)
    if let breakage = session.breakage { throw breakage }
    if outcome.summary.interrupted {
      throw SplitpipeError(
        .interrupted,
        "stopped after \(outcome.summary.frames) frames; the numbers are of these")
    }
  }

  private func makeRequest() throws -> CorrelationRequest {
    var request = CorrelationRequest(
      input: input, model: try network.model.map(resolveModel) ?? DemoModel.path())
    request.split = split
    request.tensors = tensors.map { list in
      list.split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init)
    }
    request.bits = try numberList(bits, option: "--bits")
    request.frames = network.frames
    request.start = start?.seconds ?? 0
    request.every = every
    request.keyInterval = keyInterval
    if let segments {
      guard segments == "auto" else {
        throw SplitpipeError(.usage, "--segments takes auto, not \"\(segments)\"")
      }
      request.findsSegments = true
    }
    if let lowpass {
      request.lowPass = try numberList(lowpass, option: "--lowpass")
    }
    request.codecs = codecs.map { $0.split(separator: ",").map(String.init) }
    request.precision = try network.chosenPrecision() ?? request.precision
    request.networkInput = try network.input.settings()
    classifier.apply(to: &request.networkInput)
    request.report = report
    request.summary = summary
    return request
  }
}
