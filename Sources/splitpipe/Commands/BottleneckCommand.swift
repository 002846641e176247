import ArgumentParser

struct BottleneckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bottleneck",
    abstract: "Train a small encoder and decoder at a split, so that less crosses it.",
    discussion: """
      EXAMPLE
        splitpipe bottleneck train camera.mp4 --model yolov5n.pt --split 3 \\
          --output camera.onnx --minutes 30
        splitpipe run camera.mp4 --model camera.onnx
      """,
    subcommands: [BottleneckTrainCommand.self])
}
