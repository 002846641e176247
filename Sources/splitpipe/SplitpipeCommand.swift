import ArgumentParser
import Glibc
import SplitpipeCore
import SplitpipeFiles

@main
struct SplitpipeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "splitpipe",
    abstract: "Split computing for video object detection.",
    discussion: """
      Runs the first part of a detector up to a named split, codes the tensors that cross, carries \
      them over a transport, runs the rest, and says what it cost in bytes and in accuracy.

      EXAMPLE
        splitpipe run video.mp4 --model yolov5n.pt --split 4.m --bits 3 \\
          --output boxes.mp4
      """,
    version: splitpipeVersion,
    subcommands: [
      RunCommand.self, ServeCommand.self, SplitsCommand.self, EvaluateCommand.self,
      TuneCommand.self,
      CorrelateCommand.self, ImportanceCommand.self, PlanCommand.self,
      BottleneckCommand.self, ExportCommand.self,
      ScoreCommand.self,
      TensorCommand.self,
      ModelsCommand.self, BenchCommand.self, SynthCommand.self,
    ])

  /// Parses, runs, and turns every failure into a sentence and an exit code.
  static func main() async {
    do {
      var command = try parseAsRoot(Array(processArguments.dropFirst()))
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as SplitpipeError {
      Terminal.say("error: \(error.message)")
      Glibc.exit(error.kind.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}
