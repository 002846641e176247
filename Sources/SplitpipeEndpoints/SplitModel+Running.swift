public import SplitpipeCore
import SplitpipeModel

/// The steps that the network takes part in. Each compiles its part for the size at hand on first
/// use.
extension SplitModel {
  /// Runs the head.
  ///
  /// - Parameter input: a frame made ready for the network, 1×3×H×W.
  /// - Returns: every tensor that crosses the cut, in its order.
  /// - Throws: what compiling and running throw.
  public func runHead(_ input: PreparedInput) throws -> Frontier {
    try compiled(.head, at: input.letterbox.input).frontier(of: input)
  }

  /// Runs the tail.
  ///
  /// - Parameters:
  ///   - frontier: the tensors that crossed; those that the tail does not ask for are left out.
  ///   - size: width and height of the network's input on the other side of the cut.
  /// - Returns: the network's first output.
  /// - Throws: what compiling and running throw; a bug where a tensor is missing.
  public func runTail(_ frontier: Frontier, at size: PixelSize) throws -> Tensor<Float> {
    let tail = try compiled(.tail, at: size)
    let inputs = try tail.inputNames.map { name in
      guard let named = frontier.tensors.first(where: { $0.name == name }) else {
        throw SplitpipeError(.bug, "the tail needs \"\(name)\", which did not cross the cut")
      }
      return InferenceInput.floats(named.tensor)
    }
    return try firstOutput(tail.run(inputs))
  }

  /// Runs the network uncut.
  ///
  /// - Parameter input: a frame made ready for the network, 1×3×H×W.
  /// - Returns: the network's first output.
  /// - Throws: what compiling and running throw.
  public func runUnsplit(_ input: PreparedInput) throws -> Tensor<Float> {
    try firstOutput(
      compiled(.unsplit, at: input.letterbox.input).run([.bytes(input.tensor)]))
  }

  private func firstOutput(_ outputs: [Tensor<Float>]) throws -> Tensor<Float> {
    guard let output = outputs.first else {
      throw SplitpipeError(.badData, "\(whole.name) has no output")
    }
    return output
  }
}

extension CompiledGraph {
  /// Runs a graph whose outputs are tensors that cross, or could.
  ///
  /// - Parameter input: a frame made ready for the network, 1×3×H×W.
  /// - Returns: every output, in the graph's order, under its name.
  /// - Throws: what running throws.
  package func frontier(of input: PreparedInput) throws -> Frontier {
    let tensors = try run([.bytes(input.tensor)])
    guard tensors.count == outputNames.count else {
      throw SplitpipeError(.bug, "\(tensors.count) of \(outputNames.count) tensors were made")
    }
    return Frontier(
      tensors: zip(outputNames, tensors).map { NamedTensor(name: $0, tensor: $1) })
  }
}
