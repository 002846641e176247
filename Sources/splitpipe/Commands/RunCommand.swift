import ArgumentParser
import SplitpipeCore
import SplitpipeFiles
import SplitpipePipeline
import SplitpipeStages

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Detect objects in a video through a split network.",
    discussion: """
      Without --truth, the boxes of the same model uncut and unquantized are the reference. mAP is \
      that of all boxes of confidence 0.001 and more at IoU 0.6, at most 300 a frame, which --coco \
      writes; --detections and --output have the boxes of confidence 0.25 and more.

      EXAMPLE
        splitpipe run street.mp4 --model yolov5n.pt --split 4.m --bits 3 \\
          --output boxes.mp4 --summary street.json
      """)

  @Argument(
    help: "A video, an image, a folder of images, or an address FFmpeg can open.",
    completion: .file())
  var input: String

  @OptionGroup var options: PipelineOptions

  @OptionGroup var source: SourceOptions

  @OptionGroup var quantizing: QuantizerOptions

  @OptionGroup(title: "Boxes") var boxes: BoxOptions

  @OptionGroup(title: "Tail on another machine") var server: ServerOptions

  @Option(
    help: "Labels: COCO instances.json, a folder of YOLO label files, or a dataset folder.",
    completion: .file())
  var truth: String?

  @OptionGroup(title: "Labels") var labels: LabelOptions

  @Option(help: "A pipeline file of your own.", completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String?

  @Option(help: "Write the video with its boxes here.", completion: .file())
  var output: String?

  @Option(help: "Write one JSON object per frame here.", completion: .file(extensions: ["jsonl"]))
  var detections: String?

  @Option(
    help: """
      Write the boxes that are scored here, as COCO results; with the ids of COCO labels, else frame \
      numbers, and COCO's ids for its 80 classes or the indices of others.
      """, completion: .file(extensions: ["json"]))
  var coco: String?

  @Option(help: "Write the summary as JSON here.", completion: .file(extensions: ["json"]))
  var summary: String?

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func run() async throws {
    var request = options.request(input, pipeline: try chosenPipeline())
    quantizing.apply(to: &request)
    request.reading = source.settings
    boxes.apply(to: &request, stage: server.server == nil ? "detect" : "submit")
    request.server = try server.request { sentence in Terminal.say(sentence) }
    request.truth = truth
    request.labels = try labels.options()
    request.coco = coco
    request.output = output
    request.detections = detections
    request.summary = summary

    Interruption.listen()
    let session = try RunSession(request)
    for note in session.notes { Terminal.say("note: \(note)") }
    let progress = ProgressLine(total: session.expectedFrames, quiet: options.quiet)
    let result: RunSummary
    do {
      defer { progress.finish() }
      result = try await session.run(stop: Interruption.signal) { _ in progress.advance() }
    }
    for note in result.notes { Terminal.say("note: \(note)") }
    try session.write(result)
    try Terminal.result(json ? jsonText(result) : SummaryTable(result).text)
    if let breakage = session.breakage { throw breakage }
    if result.interrupted {
      throw SplitpipeError(
        .interrupted, "stopped after \(result.frames) frames; what was finished is kept")
    }
  }

  private func chosenPipeline() throws -> (text: String, path: String) {
    guard let pipeline else {
      if server.server != nil { return RunRequest.remotePipeline }
      let isNetwork = options.network.model?.lowercased().hasSuffix(".xml") == true
      return isNetwork ? RunRequest.wholePipeline : RunRequest.detectPipeline
    }
    let bytes = try readFile(pipeline, limit: PipelineFile.byteLimit)
    return (String(decoding: bytes, as: UTF8.self), pipeline)
  }
}
