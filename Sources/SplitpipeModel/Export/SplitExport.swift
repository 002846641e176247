package import SplitpipeCore
import SplitpipeFiles

/// A model cut in two, as files that another runtime can run: `head.onnx`, `tail.onnx`, `split.json`
/// and a README.
package struct SplitExport: Sendable {
  /// What was cut, and where.
  package let cut: Cut
  /// What is written as `split.json`.
  package let description: SplitDescription

  /// - Parameters:
  ///   - model: what is cut.
  ///   - split: where.
  ///   - size: width and height of the network's input, which the files are for.
  /// - Throws: `usage` for an unknown split or a size that the model cannot take, `badData` for a
  ///   graph whose shapes contradict each other.
  package init(_ model: Model, split: String, at size: PixelSize) throws {
    let graph = try model.graph(size)
    cut = try SplitpipeModel.cut(graph, at: split)
    description = try SplitDescription(model, cut: cut, graph: graph, at: size)
  }

  /// Writes the files; they appear when all of them are whole.
  ///
  /// - Parameter folder: where they go; made where it does not exist.
  /// - Throws: `cannotWrite` with the system's reason.
  package func write(to folder: String) throws {
    try makeFolder(folder)
    func file(_ name: String) throws(SplitpipeError) -> OutputFile {
      try OutputFile("\(folder)/\(name)")
    }
    let files = [
      try file(SplitDescription.headFile), try file(SplitDescription.tailFile),
      try file("split.json"), try file("README.md"),
    ]
    do {
      try files[0].append(onnxBytes(of: cut.head))
      try files[1].append(onnxBytes(of: cut.tail))
      try files[2].append(jsonText(description) + "\n")
      try files[3].append(description.readme)
      for file in files { try file.finish() }
    } catch {
      for file in files { file.cancel() }
      throw error
    }
  }
}
