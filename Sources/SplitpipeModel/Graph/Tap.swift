import SplitpipeCore

/// Part of a model that gives any of its tensors, several from one run.
package struct Tap: Sendable {
  /// The tensors, in the order asked for.
  package let tensors: [CrossingTensor]
  /// From the model's inputs to the tensors; its outputs are in their order.
  package let graph: ModelGraph

  private init(tensors: [CrossingTensor], graph: ModelGraph) {
    self.tensors = tensors
    self.graph = graph
  }

  /// The frontier of a cut, made by its head.
  package init(_ cut: Cut) {
    self.init(tensors: cut.frontier, graph: cut.head)
  }

  /// The part of a graph that named tensors need.
  ///
  /// Names are those of splits: a module path, a tensor or a node, with or without a leading
  /// `model.`. A tensor that is named twice is given once.
  ///
  /// - Parameters:
  ///   - graph: a sorted graph whose inputs have fixed shapes.
  ///   - names: what to give; at least one.
  /// - Throws: `usage` for a name of nothing (with the nearest names), or of something that is no
  ///   float32 or float16 tensor of known shape made from the input; `badData` if the graph's shapes
  ///   contradict each other.
  package init(_ graph: ModelGraph, at names: [String]) throws {
    let planner = CutPlanner(try graph.pruned().inferringShapes())
    var editor = planner.editor
    editor.name += " (tensors)"
    editor.outputs = []
    var tensors: [CrossingTensor] = []
    var seen: Set<String> = []
    for name in names {
      let tensor = planner.flow.tensors[try planner.names.tensor(named: name)]
      guard tensor.producer != nil else {
        throw SplitpipeError(
          .usage,
          "cannot analyse \"\(name)\": it is the model's input; name a tensor that the model makes")
      }
      guard let type = planner.shaped.types[tensor.name], type.canCross else {
        let found = planner.shaped.types[tensor.name].map {
          $0.shape.rank == 0 ? "it is a single number" : "it is \($0.elementType)"
        }
        throw SplitpipeError(
          .usage,
          "cannot analyse \"\(name)\": \(found ?? "its shape is not known"); expected a float32 "
            + "or float16 tensor of known shape")
      }
      guard seen.insert(tensor.name).inserted else { continue }
      let given =
        type.elementType == .float32
        ? tensor.name
        : editor.cast(tensor.name, to: .float32, named: tensor.name + "/float32")
      editor.outputs.append(given)
      tensors.append(
        CrossingTensor(
          name: given, module: planner.names.module(of: tensor.name), plainName: tensor.name,
          shape: type.shape))
    }
    self.init(tensors: tensors, graph: try editor.finish(keepsUnusedInputs: false))
  }
}
