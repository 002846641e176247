package import SplitpipeCore
package import SplitpipeModel

/// A compiled graph whose inputs and outputs go by the names of the graph it was compiled from.
///
/// A runtime may name them otherwise: where it takes a conversion or a copy away, a tensor has two
/// names.
private struct NamedGraph: CompiledGraph {
  let compiled: any CompiledGraph
  let inputNames: [String]
  let outputNames: [String]

  func run(_ inputs: [InferenceInput]) throws -> [Tensor<Float>] { try compiled.run(inputs) }
}

extension InferenceEngine {
  /// Compiles a graph of ours.
  ///
  /// - Parameters:
  ///   - graph: whose inputs have fixed shapes.
  ///   - name: what errors call it.
  ///   - precision: the arithmetic it runs in.
  ///   - threads: the most one inference uses; nil leaves it to the runtime.
  /// - Returns: the compiled graph; its outputs, and its inputs where none is left out, have the names
  ///   of the graph's.
  /// - Throws: `badData` where the runtime refuses it.
  package func compile(
    _ graph: ModelGraph, name: String, precision: Precision, threads: Int?
  ) throws -> any CompiledGraph {
    let compiled = try compile(
      onnx: onnxBytes(of: graph), name: name, precision: precision, threads: threads)
    // Order is kept; only an input that nothing reads may be missing.
    func names(_ own: [String], _ found: [String]) -> [String] {
      own.count == found.count ? own : found
    }
    return NamedGraph(
      compiled: compiled, inputNames: names(graph.inputs.map(\.name), compiled.inputNames),
      outputNames: names(graph.outputs, compiled.outputNames))
  }
}
