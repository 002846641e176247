import ArgumentParser
import SplitpipeCore
import SplitpipeModel
import SplitpipeModelStore

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the two halves of a model as ONNX files, for other runtimes.",
    discussion: """
      The folder gets head.onnx, tail.onnx, split.json (what crosses, how pictures become the input, \
      how the output is read, classes, the quantizer's formula) and a README.md.

      EXAMPLE
        splitpipe export --model yolov5n.pt --split 4.m --output yolov5n-4.m
      """)

  @Option(
    help: "A .pt or .onnx file, or the name of an installed model. (default: the demo model)",
    completion: .file(extensions: ["pt", "onnx"]))
  var model: String?

  @Option(help: SplitHelp.one)
  var split: String?

  @Option(help: "The folder that the files are written to.", completion: .directory)
  var output: String

  @OptionGroup(title: "Input of the network") var input: InputOptions

  func run() throws {
    let path = try model.map(resolveModel) ?? DemoModel.path()
    let model = try loadModel(path: path).fed(input.settings())
    let size = model.geometry.largestInput
    let split = try model.split(named: split, at: size)
    if let note = split.note { Terminal.say("note: \(note)") }
    let export = try SplitExport(model, split: split.name, at: size)
    try export.write(to: output)
    let rows = export.cut.frontier.map {
      ["crosses", "\($0.label) \($0.shape)", "\(Text.kilobytes(Double($0.rawBytes))) as float32"]
    }
    try Terminal.result(
      Text.table(
        [
          ["\(output)/\(SplitDescription.headFile)", macs(export.cut.headMACs), ""],
          ["\(output)/\(SplitDescription.tailFile)", macs(export.cut.tailMACs), ""],
        ] + rows))
  }

  private func macs(_ count: Int) -> String { "\(Text.decimal(Double(count) / 1e6, 1)) MMACs" }
}
