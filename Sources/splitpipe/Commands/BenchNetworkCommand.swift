import ArgumentParser
import SplitpipeCore
import SplitpipeFiles
import SplitpipeModelStore
import SplitpipeStages

struct BenchNetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network",
    abstract:
      "Everything on the device, pictures to a server, or a split: what each costs on a link.",
    discussion: """
      Every frame goes every way in turn, in one process. What device and server take and the bytes that \
      cross are measured; the time on the link is that of its rate and round trip, without loss and \
      without framing. frames/s is what the slowest of device, link and server lets pass. Both sides are \
      this machine: where the device is slower, the ways that leave it less to do gain.

      EXAMPLE
        splitpipe bench network street.mp4 --model yolov5n.pt --split 4.m,9 \\
          --link 1,5,20,100 --rtt 20ms --frames 100
      """)

  @Argument(
    help: "A video, an image, a folder of images, or an address FFmpeg can open.",
    completion: .file())
  var input: String

  @OptionGroup var network: NetworkOptions

  @Option(
    help: "Splits, separated by commas. (default: 4.m where the model has it, else a cheap one)")
  var split: String?

  @OptionGroup var coding: CodingOptions

  @Option(
    help: ArgumentHelp(
      "Rates of the link, separated by commas: 20Mbit/s, 500kbit/s, or numbers of Mbit/s.",
      valueName: "rates"))
  var link = "1,5,20,100"

  @Option(help: ArgumentHelp("Round trip of the link: 20ms or 0.02s.", valueName: "time"))
  var rtt = "20ms"

  @Option(help: "Qualities of JPEG, separated by commas.")
  var jpeg = "50,80"

  @Option(help: "Rate factors of H.264, separated by commas; of videos alone.")
  var h264 = "23,33"

  @Option(
    help: "Labels: COCO instances.json, a folder of YOLO label files, or a dataset folder.",
    completion: .file())
  var truth: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    Interruption.listen()
    let request = try makeRequest()
    let progress = ProgressLine(total: network.frames, quiet: network.quiet)
    let result: NetworkBenchmark
    do {
      defer { progress.finish() }
      result = try NetworkBenchmark.measure(
        request, stop: Interruption.signal, note: { Terminal.say("note: \($0)") },
        progress: { _ in progress.advance() })
    }
    try Terminal.result(json ? jsonText(result) : NetworkBenchmarkTable(result).text)
  }

  private func makeRequest() throws -> NetworkBenchmarkRequest {
    var request = NetworkBenchmarkRequest(
      input: input, model: try network.model.map(resolveModel) ?? DemoModel.path(),
      coding: try coding.settings())
    if let split { request.splits = split.split(separator: ",").map { String($0) } }
    request.links = try link.split(separator: ",").map { try linkRate(String($0)) }
    request.roundTrip = try duration(rtt, option: "--rtt")
    request.jpegQualities = try jpeg.isEmpty ? [] : numberList(jpeg, option: "--jpeg")
    request.h264Factors = try h264.isEmpty ? [] : numberList(h264, option: "--h264")
    request.precision = try network.chosenPrecision() ?? .auto
    request.frames = network.frames
    request.networkInput = try network.input.settings()
    request.truth = truth
    return request
  }
}
