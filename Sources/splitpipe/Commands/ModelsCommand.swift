import ArgumentParser

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List, fetch and look at models.",
    discussion: """
      EXAMPLE
        splitpipe models fetch yolov5m
        splitpipe run video.mp4 --model yolov5m
      """,
    subcommands: [ModelsListCommand.self, ModelsFetchCommand.self, ModelsInspectCommand.self],
    defaultSubcommand: ModelsListCommand.self)
}
