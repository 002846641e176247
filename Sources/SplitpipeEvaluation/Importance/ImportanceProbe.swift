import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeModel

/// A model compiled to tell the importance of its tensors at one size of its input.
struct ImportanceProbe: Sendable {
  /// What is asked of one picture: the elements of the output that make the number, weighed.
  struct Seed: Sendable {
    /// The class that the number speaks for; nil for none in particular.
    let classIndex: Int?
    var slopes: [(place: Int, slope: Float)]

    /// What a graph of gradients is fed.
    func input(of shape: Shape) -> InferenceInput {
      var values = [Float](repeating: 0, count: shape.count)
      for (place, slope) in slopes { values[place] += slope }
      return .floats(Tensor(shape: shape, values: values))
    }
  }

  let graph: ImportanceGraph
  private let compiled: any CompiledGraph

  /// - Parameters:
  ///   - model: what is looked at.
  ///   - tensors: of its graph, named as splits are.
  ///   - size: of the network's input.
  ///   - engine: compiles it, in float32: gradients of fewer bits are noise.
  /// - Throws: what differentiating and compiling throw.
  init(
    _ model: Model, at tensors: [String], size: PixelSize, engine: any InferenceEngine
  ) throws {
    let whole = try model.graph(size)
    graph = try ImportanceGraph(whole, at: try Tap(whole, at: tensors).tensors.map(\.name))
    compiled = try engine.gradients(graph.graph, of: model)
  }

  /// Runs the model and its gradients once.
  ///
  /// - Parameters:
  ///   - input: a picture made ready.
  ///   - seed: elements of the output that make the number.
  /// - Returns: for each tensor its value.
  /// - Throws: what running throws.
  func run(_ input: PreparedInput, _ seed: Seed) throws -> [ImportanceValue] {
    let outputs = try compiled.run([.bytes(input.tensor), seed.input(of: graph.seedShape)])
    // The model's own output comes first.
    var place = 1
    return graph.tensors.map { tensor -> ImportanceValue in
      guard tensor.isReached else { return ImportanceValue(unreached: tensor) }
      defer { place += 2 }
      return ImportanceValue(weights: outputs[place].values, map: outputs[place + 1].values)
    }
  }
}

extension InferenceEngine {
  /// Compiles a graph of gradients, which takes pixels as the model does.
  func gradients(_ graph: ModelGraph, of model: Model) throws -> any CompiledGraph {
    let geometry = model.geometry
    let withBytes = prependingByteInput(
      graph, scale: geometry.byteScale, normalization: geometry.normalization)
    return try compile(
      withBytes, name: "the gradients of \(model.name)", precision: .f32, threads: nil)
  }
}
