import ArgumentParser
import SplitpipeCore
import SplitpipeEvaluation
import SplitpipeFiles
import SplitpipeModelStore
import SplitpipeStages

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Which split is best for a device, a link and a server.",
    discussion: """
      Measures heads, tails and coded bytes of many splits on frames of the input, tells how important \
      each is, and computes latencies for the link; everything on the device and pictures sent to the \
      server stand beside them. The report lets a person move link and speeds and see the best split \
      move. --check measures accuracy at some splits and tells whether anything else knew it before.

      EXAMPLE
        splitpipe plan street.mp4 --model yolov5n.pt --link 10Mbit/s --rtt 20ms \\
          --device 0.2 --report plan.html
      """)

  @Argument(
    help: "A video, a folder of images, or a dataset as evaluate takes it.",
    completion: .file())
  var input: String

  @OptionGroup var network: NetworkOptions

  @OptionGroup var source: SourceOptions

  @Option(help: "Splits, separated by commas. (default: some that stand for all)")
  var split: String?

  @Option(help: "How many splits stand for all.")
  var splits = 25

  @OptionGroup var coding: CodingOptions

  @Option(
    help: ArgumentHelp(
      "Rate of the link: 20Mbit/s, 500kbit/s, or a number of Mbit/s.", valueName: "rate"))
  var link = "10Mbit/s"

  @Option(help: ArgumentHelp("Round trip of the link: 20ms or 0.02s.", valueName: "time"))
  var rtt = "20ms"

  @Option(
    help: ArgumentHelp("Speed of the device, this machine's being 1.", valueName: "factor"))
  var device = 1.0

  @Option(
    help: ArgumentHelp("Speed of the server, this machine's being 1.", valueName: "factor"))
  var server = 1.0

  @Option(
    help: "Times of the device, as splitpipe bench layers wrote them there.",
    completion: .file(extensions: ["json"]))
  var profile: String?

  @Option(help: ArgumentHelp("What one multiply-accumulate costs the device.", valueName: "joules"))
  var joulesPerMac: Double?

  @Option(help: ArgumentHelp("What one bit sent costs the device.", valueName: "joules"))
  var joulesPerBit: Double?

  @Option(
    help: ArgumentHelp("Measure the accuracy of so many of the splits.", valueName: "count"))
  var check = 0

  @Option(help: "Widths of a coefficient for --check, separated by commas, or a range.")
  var checkBits = "2-4"

  @Option(help: "Pictures or frames for --check at most. (default: all)")
  var checkFrames: Int?

  @OptionGroup(title: "Labels") var labels: DatasetOptions

  @OptionGroup(title: "Input of a classifier") var classifier: ClassifierOptions

  @Option(help: "Write the plan as JSON here.", completion: .file(extensions: ["json"]))
  var summary: String?

  @Option(help: "Write a report for people here.", completion: .file(extensions: ["html"]))
  var report: String?

  @Flag(help: "Go on with an interrupted --check.")
  var resume = false

  @Flag(help: "Print the plan as JSON.")
  var json = false

  func validate() throws {
    for (name, value) in [("--device", device), ("--server", server)] {
      guard value > 0, value.isFinite else {
        throw ValidationError("\(name) is a speed above 0, such as 0.2, not \(value)")
      }
    }
    for (name, value) in [("--joules-per-mac", joulesPerMac), ("--joules-per-bit", joulesPerBit)] {
      guard value ?? 0 >= 0, (value ?? 0).isFinite else {
        throw ValidationError("\(name) is a number of joules from 0, such as 1e-11")
      }
    }
    guard splits >= 1 else { throw ValidationError("--splits is at least 1, not \(splits)") }
    guard check >= 0 else { throw ValidationError("--check is a number of splits, not \(check)") }
    guard checkFrames ?? 1 >= 1 else {
      throw ValidationError("--check-frames is at least 1, not \(checkFrames ?? 0)")
    }
  }

  func run() async throws {
    let request = try makeRequest()
    Interruption.listen()
    let session = try PlanSession(request)
    let watcher = PlanWatcher(quiet: network.quiet)
    let result: PlanSummary
    do {
      defer { watcher.finish() }
      result = try await session.run(stop: Interruption.signal) { watcher.note($0) }
    }
    for note in result.notes { Terminal.say("note: \(note)") }
    try session.finish(result, command: Text.commandLine)
    try Terminal.result(json ? jsonText(result) : PlanTable(result).text)
    if !result.complete {
      throw SplitpipeError(
        .interrupted, "stopped after \(counted(result.splits.count, "split")); the plan is of those"
      )
    }
  }

  private func makeRequest() throws -> PlanRequest {
    var request = PlanRequest(
      input: input, model: try network.model.map(resolveModel) ?? DemoModel.path(),
      coding: try coding.settings())
    request.data = try labels.request(input)
    request.reading = source.settings
    request.splits = try split.map { try nameList($0, option: "--split") } ?? []
    request.splitCount = splits
    request.precision = try network.chosenPrecision() ?? request.precision
    request.frames = network.frames ?? request.frames
    request.link = try linkRate(link)
    request.roundTrip = try duration(rtt, option: "--rtt")
    request.device = device
    request.server = server
    request.profile = profile
    request.energy.perMAC = joulesPerMac
    request.energy.perBit = joulesPerBit
    request.checks = check
    request.checkBits = try numberList(checkBits, option: "--check-bits")
    request.checkFrames = checkFrames
    request.input = try network.input.settings()
    classifier.apply(to: &request.input)
    request.summary = summary
    request.report = report
    request.resume = resume
    return request
  }
}
