import ArgumentParser
import SplitpipeCore
import SplitpipeFiles
import SplitpipeModel
import SplitpipeModelStore

struct ModelsInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a model holds.",
    discussion: """
      EXAMPLE
        splitpipe models inspect yolov5n.pt
      """)

  @Argument(
    help: """
      A YOLO .pt checkpoint, an .onnx file, the .xml of an OpenVINO network, or the name of an installed \
      model.
      """,
    completion: .file(extensions: ["pt", "onnx", "xml"]))
  var model: String

  func run() throws {
    let path = try resolveModel(model)
    let model = try loadModel(path: path)
    let input =
      switch model.geometry.size {
      case .fixed(let fixed): "\(fixed)"
      case .rectangular(let longest, let stride):
        "longest side \(longest), sides multiples of \(stride)"
      }
    let placement =
      switch model.geometry.placement {
      case .centred: ""
      case .topLeft: ", from the corner"
      case .stretched: ", stretched"
      }
    let order = model.geometry.channelOrder == .rgb ? "RGB" : "BGR"
    let range = model.geometry.byteScale == 1 ? "0…255" : "0…1"
    var rows = [
      ["model", path],
      ["size", fileSize(path)],
      ["family", model.family],
      ["format", model.format],
      ["classes", classes(model.classNames)],
      ["input", "\(input), \(order) \(range)\(placement)"],
    ]
    rows += try work(of: model)
    rows += [
      ["detection head", head(of: model)],
      ["licence", try licence(of: model, path)],
    ]
    try Terminal.result(Text.table(rows))
  }

  /// A network that only its runtime looks into does not say.
  private func work(of model: Model) throws -> [[String]] {
    guard model.network == nil else { return [["cuts", "none: the network only runs whole"]] }
    let size = model.geometry.largestInput
    let graph = try model.graph(size)
    let macs = try graph.inferringShapes().macs.reduce(0, +)
    return [
      ["operators", "\(graph.nodes.count)"],
      ["MACs", "\(Text.decimal(Double(macs) / 1e9, 3)) billion at \(size)"],
    ]
  }

  private func head(of model: Model) -> String {
    if let kind = model.detector { return kind.layout }
    return "none that splitpipe knows" + (model.headProblem.map { ": \($0)" } ?? "")
  }

  private func classes(_ names: [String]) -> String {
    guard !names.isEmpty else { return "none named" }
    let some = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    return "\(names.count): \(some)"
  }

  private func fileSize(_ path: String) -> String {
    guard case .file(let bytes)? = try? FileKind(of: path) else { return "not known" }
    return Text.megabytes(bytes)
  }

  /// What the file says of its licence, else what is known of the file.
  private func licence(of model: Model, _ path: String) throws -> String {
    if let stated = model.licence { return stated }
    guard let known = try ModelStore.standard.identify(path) else {
      return "not stated in the file"
    }
    return "\(known.licence): the weights \(known.name) of \(known.maker)"
  }
}
