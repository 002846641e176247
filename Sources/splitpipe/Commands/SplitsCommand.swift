import ArgumentParser
import SplitpipeCore
import SplitpipeFiles
import SplitpipeModel
import SplitpipeModelStore
import SplitpipeStages

struct SplitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "splits",
    abstract: "List every usable split of a model and what crosses there.",
    discussion: """
      EXAMPLE
        splitpipe splits yolov5n.pt --size 640x384
      """)

  @Argument(
    help: "A .pt or .onnx file, or the name of an installed model. (default: the demo model)",
    completion: .file(extensions: ["pt", "onnx"]))
  var model: String?

  @Option(
    help: """
      Longest side of the network's input in pixels, or width x height as in 640x384. (default: the \
      model's)
      """)
  var size: String?

  @Flag(help: "Print JSON.")
  var json = false

  private struct Output: Encodable {
    struct Split: Encodable {
      let name: String
      let frontier: [RunSummary.FrontierTensor]
      let rawBytes: Int
      let headMACs: Int
      let tailMACs: Int
    }

    let splits: [Split]
  }

  func run() throws {
    let path = try model.map(resolveModel) ?? DemoModel.path()
    var settings = InputSettings()
    settings.size = try size.map { text in
      guard let size = InputSize(parsing: text) else {
        throw SplitpipeError(.usage, "--size takes \(InputSize.syntax), not \"\(text)\"")
      }
      return size
    }
    let model = try loadModel(path: path).fed(settings)
    let graph = try model.graph(model.geometry.largestInput)
    let splits = try usableSplits(graph)
    guard !splits.isEmpty else {
      throw SplitpipeError.noSplits(path, try reasonAgainstSplits(of: graph))
    }
    guard !json else {
      let output = Output(
        splits: splits.map { split in
          Output.Split(
            name: split.name,
            frontier: split.frontier.map(RunSummary.FrontierTensor.init),
            rawBytes: split.rawBytes, headMACs: split.headMACs, tailMACs: split.tailMACs)
        })
      return try Terminal.result(jsonText(output))
    }
    let rows = splits.map { split in
      [
        split.name, Text.kilobytes(Double(split.rawBytes)),
        Text.decimal(Double(split.headMACs) / 1e6, 1),
        Text.decimal(Double(split.tailMACs) / 1e6, 1),
        split.frontier.map { "\($0.label) \($0.shape)" }.joined(separator: ", "),
      ]
    }
    try Terminal.result(
      Text.table([["split", "crosses", "head MMACs", "tail MMACs", "tensors"]] + rows))
  }
}
