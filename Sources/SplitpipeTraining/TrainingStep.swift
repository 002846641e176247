package import SplitpipeCore
import SplitpipeEndpoints
package import SplitpipeModel

/// A step of training, compiled, with the weights that it left.
package final class TrainingStep {
  package let graph: TrainingGraph
  private let compiled: any RecurrentGraph
  private let name: String
  /// What is fed besides data and weights.
  private let controls: Range<Int>

  /// - Parameters:
  ///   - graph: the step.
  ///   - engine: compiles it, in float32.
  ///   - name: what errors call it.
  ///   - state: weights and moments to go on with; what is not among them begins anew.
  /// - Throws: what compiling throws; `unavailable` for an engine that cannot train.
  package init(
    _ graph: TrainingGraph, engine: any InferenceEngine, name: String,
    from state: TrainingState = TrainingState()
  ) throws {
    let made = try engine.compile(
      onnx: onnxBytes(of: graph.graph), name: name, precision: .f32, threads: nil)
    guard let compiled = made as? any RecurrentGraph else {
      throw SplitpipeError(.unavailable, "\(engine.description) cannot train")
    }
    guard compiled.inputNames.count == graph.graph.inputs.count,
      compiled.outputNames.count == graph.graph.outputs.count
    else {
      throw SplitpipeError(
        .bug,
        "\(engine.description) made \(compiled.inputNames.count) inputs and "
          + "\(compiled.outputNames.count) outputs of \(name), expected \(graph.graph.inputs.count) and "
          + "\(graph.graph.outputs.count)")
    }
    self.graph = graph
    self.compiled = compiled
    self.name = name
    let first = graph.parameters.flatMap(\.places).map(\.input).min() ?? graph.graph.inputs.count
    controls = graph.dataCount..<first
    try restore(state)
  }

  private func restore(_ state: TrainingState) throws {
    var inputs: [Int: InferenceInput] = [:]
    for parameter in graph.parameters {
      let shape = parameter.initial.shape
      let known = state.tensors[parameter.name] ?? []
      for (index, place) in parameter.places.enumerated() {
        let values =
          known.indices.contains(index)
          ? known[index]
          : index == 0
            ? parameter.initial.floats : [Float](repeating: 0, count: shape.count)
        guard values.count == shape.count else {
          throw SplitpipeError(
            .badData,
            "\(values.count) values of \"\(parameter.name)\" are known, expected \(shape.count)")
        }
        inputs[place.input] = .floats(Tensor(shape: shape, values: values))
      }
    }
    initial = inputs
  }

  /// Weights that no step has been fed yet.
  private var initial: [Int: InferenceInput] = [:]

  /// One step.
  ///
  /// - Parameters:
  ///   - data: inputs of the graph that is trained.
  ///   - step: from 1.
  ///   - rate: of learning.
  /// - Returns: what the graph reports.
  /// - Throws: what running throws; `badData` for a loss that is no finite number: the weights are then
  ///   those of the step before.
  package func run(_ data: [InferenceInput], step: Int, rate: Double) throws -> [Float] {
    let reports = try feed(data, graph.optimizer.controls(step: step, rate: rate))
    guard reports.allSatisfy(\.isFinite) else {
      throw SplitpipeError(
        .badData,
        "the loss of step \(step) is \(reports.first ?? .nan): what was learnt before is kept; try a "
          + "lower rate, or look at the input")
    }
    try compiled.carry(graph.parameters.flatMap(\.places).map { ($0.output, $0.input) })
    return reports
  }

  /// What the graph reports, without learning from it.
  package func test(_ data: [InferenceInput]) throws -> [Float] {
    try feed(data, graph.optimizer.controls(step: 1, rate: 0))
  }

  private func feed(_ data: [InferenceInput], _ values: [Float]) throws -> [Float] {
    var inputs = initial
    initial = [:]
    for (place, input) in data.enumerated() { inputs[place] = input }
    for (place, value) in zip(controls, values) {
      inputs[place] = .floats(Tensor(shape: Shape([1]), values: [value]))
    }
    return try compiled.step(inputs, giving: Array(0..<graph.reportCount)).map { $0.values[0] }
  }

  /// Weights and moments as they are.
  package func state() throws -> TrainingState {
    var state = TrainingState()
    for parameter in graph.parameters {
      state.tensors[parameter.name] = try parameter.places.map { place in
        if case .floats(let tensor) = initial[place.input] { return tensor.values }
        return try compiled.held(place.input).values
      }
    }
    return state
  }
}

/// Weights that are trained, each with its moments behind it, by name.
package struct TrainingState: Sendable, Hashable {
  package var tensors: [String: [[Float]]] = [:]

  package init() {}
}

extension TrainingState {
  /// The weights alone.
  ///
  /// - Parameter graph: says their shapes.
  /// - Returns: by name.
  package func weights(of graph: TrainingGraph) -> [String: Weight] {
    var weights: [String: Weight] = [:]
    for parameter in graph.parameters {
      guard let values = tensors[parameter.name]?.first else { continue }
      weights[parameter.name] = Weight(floats: values, shape: parameter.initial.shape)
    }
    return weights
  }
}
