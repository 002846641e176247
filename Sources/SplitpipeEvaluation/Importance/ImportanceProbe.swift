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
    let geometry = model.geometry
    let whole = try model.graph(size)
    graph = try ImportanceGraph(whole, at: try Tap(whole, at: tensors).tensors.map(\.name))
    let withBytes = prependingByteInput(
      graph.graph, scale: geometry.byteScale, normalization: geometry.normalization)
    compiled = try engine.compile(
      withBytes, name: "the gradients of \(model.name)", precision: .f32, threads: nil)
  }

  /// Runs the model and its gradients once.
  ///
  /// - Parameters:
  ///   - input: a picture made ready.
  ///   - seed: elements of the output that make the number.
  /// - Returns: the model's output, and for each tensor its value.
  /// - Throws: what running throws.
  func run(_ input: PreparedInput, _ seed: Seed) throws -> (Tensor<Float>, [ImportanceValue]) {
    var values = [Float](repeating: 0, count: graph.seedShape.count)
    for (place, slope) in seed.slopes { values[place] += slope }
    let outputs = try compiled.run([
      .bytes(input.tensor), .floats(Tensor(shape: graph.seedShape, values: values)),
    ])
    var place = 1
    let found = graph.tensors.map { tensor -> ImportanceValue in
      guard tensor.isReached else { return ImportanceValue(unreached: tensor) }
      defer { place += 2 }
      return ImportanceValue(weights: outputs[place].values, map: outputs[place + 1].values)
    }
    return (outputs[0], found)
  }
}
