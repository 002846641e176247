import ArgumentParser
import SplitpipeFiles
import SplitpipeStages

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure speed side by side in one run.",
    discussion: """
      What is compared takes turns within one process, so that whatever else the machine does meets \
      all of it alike.

      EXAMPLE
        splitpipe bench pipeline street.mp4 --frames 100
        splitpipe bench codec street.mp4 --bits 3 --frames 100
        splitpipe bench network street.mp4 --link 1,20 --rtt 20ms --frames 100
        splitpipe bench layers street.mp4 --output device.json
      """,
    subcommands: [
      BenchPipelineCommand.self, BenchCodecCommand.self, BenchNetworkCommand.self,
      BenchLayersCommand.self, BenchGradientsCommand.self, BenchTrainingCommand.self,
    ])
}

struct BenchPipelineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipeline",
    abstract: "Head and tail beside the unsplit network, and what the other stages add.",
    discussion: """
      Every frame goes through each stage and the unsplit network in turn, nothing overlapping; \
      then the same frames go through the overlapping pipeline. Seconds are medians.

      EXAMPLE
        splitpipe bench pipeline street.mp4 --model yolov5n.pt --precision f32
      """)

  @Argument(
    help: "A video, an image, a folder of images, or an address FFmpeg can open.",
    completion: .file())
  var input: String

  @OptionGroup var options: PipelineOptions

  @OptionGroup var quantizing: QuantizerOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    Interruption.listen()
    let progress = ProgressLine(total: options.frames.map { $0 * 2 }, quiet: options.quiet)
    var request = options.request(input, pipeline: RunRequest.benchPipeline)
    quantizing.apply(to: &request)
    let result: PipelineBenchmark
    do {
      defer { progress.finish() }
      result = try await PipelineBenchmark.measure(
        request, stop: Interruption.signal, note: { Terminal.say("note: \($0)") },
        progress: { _ in progress.advance() })
    }
    try Terminal.result(json ? jsonText(result) : table(result))
  }

  private func table(_ result: PipelineBenchmark) -> String {
    let stages = result.stages.map { [$0.name, Text.milliseconds($0.seconds)] }
    let facts = [
      ["unsplit network", Text.milliseconds(result.unsplitSeconds)],
      ["head + tail", Text.milliseconds(result.headSeconds + result.tailSeconds)],
      ["head + tail / unsplit", Text.decimal(result.splitVsUnsplit, 3)],
      ["other stages' share", Text.decimal(result.overheadShare * 100, 1) + " %"],
      ["one after another", Text.decimal(result.sequentialFramesPerSecond, 1) + " frames/s"],
      ["overlapping", Text.decimal(result.framesPerSecond, 1) + " frames/s"],
      ["gain by overlapping", Text.decimal(result.overlapGain, 3)],
    ]
    return Text.table(
      [["median of \(result.frames) frames", ""]] + stages + [["", ""]] + facts, numeric: true)
  }
}
