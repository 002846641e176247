import ArgumentParser
import SplitpipeEvaluation
import SplitpipeFiles

struct BenchTrainingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "training",
    abstract: "A step of each stage of a bottleneck's training beside the network alone.",
    discussion: """
      All run in turn on the same pictures, in float32.

      EXAMPLE
        splitpipe bench training street.mp4 --model yolov5n.pt --split 4
      """)

  @OptionGroup var options: BottleneckOptions

  @Option(help: "Steps of each stage.")
  var steps = 20

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard steps >= 1 else { throw ValidationError("--steps is at least 1, not \(steps)") }
  }

  func run() throws {
    Interruption.listen()
    let progress = ProgressLine(total: steps + 1, quiet: options.quiet, noun: "step")
    let result: TrainingBenchmark
    do {
      defer { progress.finish() }
      result = try BottleneckSession(options.request(output: nil)).measure(
        steps: steps, stop: Interruption.signal
      ) { progress.advance() }
    }
    try Terminal.result(json ? jsonText(result) : table(result))
  }

  private func table(_ result: TrainingBenchmark) -> String {
    let stages = result.stages.map { stage in
      [stage.name, Text.milliseconds(stage.seconds), Text.decimal(stage.ratio, 2)]
    }
    return Text.table(
      [
        [
          "median of \(result.steps) steps of \(result.pictures) pictures of \(result.size)", "",
          "",
        ],
        ["network", Text.milliseconds(result.networkSeconds), "1"],
      ] + stages, numeric: true)
  }
}
