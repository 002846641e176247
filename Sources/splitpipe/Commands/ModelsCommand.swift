import ArgumentParser
import SplitpipeCore
import SplitpipeModel

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "Look at models.",
    subcommands: [InspectCommand.self])
}

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a model file holds.",
    discussion: """
      EXAMPLE
        splitpipe models inspect yolov5n.pt
      """)

  @Argument(
    help: "A YOLOv5 .pt checkpoint or an .onnx file.",
    completion: .file(extensions: ["pt", "onnx"]))
  var path: String

  func run() throws {
    let model = try loadModel(path: path)
    let size: PixelSize
    let input: String
    switch model.geometry.size {
    case .fixed(let fixed):
      size = fixed
      input = "\(fixed)"
    case .rectangular(let longest, let stride):
      size = PixelSize(width: longest, height: longest)
      input = "longest side \(longest), sides multiples of \(stride)"
    }
    let graph = try model.graph(size)
    let macs = try graph.inferringShapes().macs.reduce(0, +)
    let order = model.geometry.channelOrder == .rgb ? "RGB" : "BGR"
    let range = model.geometry.byteScale == 1 ? "0…255" : "0…1"
    try Terminal.result(
      Text.table([
        ["model", model.name],
        ["family", model.family],
        ["format", model.format],
        ["classes", "\(model.classNames.count): \(classes(model.classNames))"],
        ["input", "\(input), \(order) \(range)"],
        ["operators", "\(graph.nodes.count)"],
        ["MACs", "\(Text.decimal(Double(macs) / 1e9, 3)) billion at \(size)"],
        ["detection head", model.head.map(\.sentence) ?? "none that splitpipe knows"],
        ["licence", model.licence ?? "not stated in the file"],
      ]))
  }

  private func classes(_ names: [String]) -> String {
    names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
  }
}

extension DetectionHead {
  fileprivate var sentence: String {
    switch self {
    case .yolov5: "YOLOv5: 1×N×(5+classes), boxes in pixels, with objectness"
    case .yolox: "YOLOX: 1×N×(5+classes), boxes in grid cells, with objectness"
    case .yolov8: "YOLOv8/11: 1×(4+classes)×N, boxes in pixels, no objectness"
    }
  }
}
