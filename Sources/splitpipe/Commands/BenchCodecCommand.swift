import ArgumentParser
import SplitpipeCodec
import SplitpipeCore
import SplitpipeFiles
import SplitpipeModelStore
import SplitpipeStages

struct BenchCodecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codec",
    abstract: "Size and speed of every codec on the tensors of an input, one core, in one run.",
    discussion: """
      Each frame is quantized once; every codec codes and decodes it before the next frame is read. \
      intra: every frame by itself. inter: frames that lean on the one before, key frames left out. \
      Bytes are those on the wire, packet headers included.

      EXAMPLE
        splitpipe bench codec street.mp4 --model yolov5n.pt --precision f32 \\
          --bits 3 --frames 100
      """)

  @Argument(
    help: "A video, an image, a folder of images, or an address FFmpeg can open.",
    completion: .file())
  var input: String

  @OptionGroup var network: NetworkOptions

  @Option(help: SplitHelp.one)
  var split: String?

  @Option(help: "Widths of a coefficient: 2 to 8, separated by commas, or a range.")
  var bits = "3"

  @Option(
    help: ArgumentHelp(
      "Codecs to measure beside zlib and zstd, separated by commas: \(CodecName.syntax). "
        + "(default: all kinds at some levels)", valueName: "codecs"))
  var codec: String?

  @Option(
    help: ArgumentHelp(
      "How values become codes: \(RunSettings.quantizerSyntax).", valueName: "spec"))
  var quantizer = "paper"

  @Option(help: "Pass over this many frames first.")
  var start = 0

  @Option(
    help: "Standard deviation of noise added to the network's input, in steps of 255.")
  var noise = 0.0

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if start < 0 { throw ValidationError("--start is at least 0, not \(start)") }
    guard (0...64).contains(noise) else {
      throw ValidationError("--noise is 0 to 64 steps of 255, not \(noise)")
    }
  }

  func run() throws {
    Interruption.listen()
    let request = try makeRequest()
    let progress = ProgressLine(total: network.frames, quiet: network.quiet)
    let result: CodecBenchmark
    do {
      defer { progress.finish() }
      result = try CodecBenchmark.measure(
        request, stop: Interruption.signal, note: { Terminal.say("note: \($0)") },
        progress: { _ in progress.advance() })
    }
    try Terminal.result(
      json ? jsonText(result) : CodecBenchmarkTable(result).text)
  }

  private func makeRequest() throws -> CodecBenchmarkRequest {
    var request = CodecBenchmarkRequest(
      input: input, model: try network.model.map(resolveModel) ?? DemoModel.path())
    request.split = split
    request.bits = try bitDepths(bits, option: "--bits")
    if let codec {
      request.codecs = try codec.split(separator: ",").map { try CodecName.parse(String($0)) }
    }
    request.quantizer = try QuantizerSettings.parse(quantizer)
    request.precision = try network.chosenPrecision() ?? .auto
    request.frames = network.frames
    request.networkInput = try network.input.settings()
    request.start = start
    request.noise = noise
    return request
  }
}
