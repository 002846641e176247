import ArgumentParser
import SplitpipeCodec
import SplitpipeCore
import SplitpipeEvaluation
import SplitpipeFiles
import SplitpipeModelStore
import SplitpipeStages

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract:
      "What accuracy a bit costs: mAP per split, bit depth, quantizer and codec on a labelled dataset.",
    discussion: """
      A picture is decoded once and the head runs once per split, whatever the number of bit depths, \
      quantizers and codecs. Frames of a video lean on each other as in run. Ctrl-C keeps what is done; the same command with --resume goes on from there.

      EXAMPLE
        splitpipe evaluate coco128 --model yolov5n.pt --split 4.m,9 --bits 2-8 \\
          --codec rle --summary coco128.json --report coco128.html
      """)

  @Argument(
    help: """
      A folder with pictures and labels (YOLO text or COCO) in any usual layout, a data.yaml, a .txt \
      list of pictures, a COCO instances.json, or a video; without labels the boxes of the unsplit \
      model are the reference; for a classifier a folder per class or a labels.csv.
      """, completion: .file())
  var dataset: String

  @OptionGroup var network: NetworkOptions

  @OptionGroup var source: SourceOptions

  @Option(help: SplitHelp.several)
  var split: String?

  @Option(help: "Widths of a coefficient: 2 to 8 or 32, separated by commas, or a range.")
  var bits = "2-8"

  @Option(help: "How codes become bytes: \(RunSettings.codecSyntax); separated by commas.")
  var codec = "rle"

  @Option(
    help: ArgumentHelp(
      "How values become codes: \(RunSettings.quantizerSyntax); separated by commas.",
      valueName: "spec"))
  var quantizer = "paper"

  @Option(
    help: ArgumentHelp(
      "Frames of a video from one key frame to the next at the latest.", valueName: "frames"))
  var keyInterval = KeySchedule.usualInterval

  @OptionGroup(title: "Labels") var labels: DatasetOptions

  @Flag(
    help: """
      Quantize and count only the tensor that the split names, as Carra & Neglia do; not a runnable \
      cut where other tensors cross too.
      """)
  var onlyNamed = false

  @Option(
    help: """
      The model that this one was made from: its answers stand beside, coded pictures are sent to it, \
      and without labels its boxes are the reference. (default: this one)
      """, completion: .file())
  var reference: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Also send the pictures as JPEG, and a video as H.264. (default: with --report)")
  var baselines: Bool?

  @Option(help: "Qualities of the JPEG baseline, separated by commas. (default: 10 to 95)")
  var jpeg: String?

  @Option(help: "Constant rate factors of the H.264 baseline. (default: 18 to 45)")
  var h264: String?

  @OptionGroup(title: "Input of a classifier") var classifier: ClassifierOptions

  @Option(help: "Write the summary as JSON here.", completion: .file(extensions: ["json"]))
  var summary: String?

  @Option(help: "Write a report for people here.", completion: .file(extensions: ["html"]))
  var report: String?

  @Option(help: "The bit depth that the report looks at closely. (default: it chooses)")
  var reportBits: Int?

  @Flag(help: "Go on with an interrupted sweep.")
  var resume = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func run() async throws {
    let request = try makeRequest()
    Interruption.listen()
    let session = try EvaluationSession(request)
    let notes = session.notes
    for note in notes { Terminal.say("note: \(note)") }
    let watcher = EvaluationWatcher(quiet: network.quiet)
    let result = try await session.run(stop: Interruption.signal) { watcher.note($0) }
    watcher.finish()
    for note in result.notes.dropFirst(notes.count) { Terminal.say("note: \(note)") }
    try session.finish(result, command: Text.commandLine)
    try Terminal.result(json ? jsonText(result) : EvaluationTable(result).text)
    if let breakage = session.breakage { throw breakage }
    if !result.complete {
      let how =
        request.statePath == nil
        ? "give --summary to be able to go on with --resume"
        : "the same command with --resume goes on from there"
      throw SplitpipeError(
        .interrupted, "stopped after \(result.images) of \(result.total) pictures; \(how)")
    }
  }

  private func makeRequest() throws -> EvaluationRequest {
    var request = EvaluationRequest(
      dataset: dataset, model: try network.model.map(resolveModel) ?? DemoModel.path())
    request.reference = try reference.map(resolveModel)
    request.splits = try split.map { try nameList($0, option: "--split") } ?? []
    request.bits = try numberList(bits, option: "--bits")
    request.codecs = codec.split(separator: ",").map(String.init)
    request.quantizers = quantizer.split(separator: ",").map(String.init)
    request.keyInterval = keyInterval
    request.precision = try network.chosenPrecision() ?? request.precision
    request.data = try labels.request(dataset)
    request.onlyNamed = onlyNamed
    request.limit = network.frames
    request.reading = source.settings
    request.summary = summary
    request.report = report
    request.reportBits = reportBits
    request.resume = resume
    request.input = try network.input.settings()
    classifier.apply(to: &request.input)
    let wantsBaselines = baselines ?? (report != nil)
    if let jpeg {
      request.jpegQualities = try numberList(jpeg, option: "--jpeg")
    } else if wantsBaselines {
      request.jpegQualities = EvaluationRequest.jpegQualities
    }
    if let h264 {
      request.h264Factors = try numberList(h264, option: "--h264")
    } else if wantsBaselines, isVideo(dataset) {
      request.h264Factors = EvaluationRequest.h264Factors
    }
    return request
  }

  /// Whether a path is neither a folder nor labels, so that FFmpeg is to open it.
  private func isVideo(_ path: String) -> Bool {
    let name = path.lowercased()
    guard ![".json", ".csv", ".yaml", ".yml", ".txt", ".data"].contains(where: name.hasSuffix)
    else {
      return false
    }
    return path.contains("://") || (try? FileKind(of: path)) != .folder
  }
}
