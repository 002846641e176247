import SplitpipeCore

/// A network behind what makes its input.
struct ChainedGraph: CompiledGraph {
  private let first: OpenVINOGraph
  private let second: OpenVINOGraph
  /// Of the second.
  private let output: Int

  var inputNames: [String] { first.inputNames }
  var outputNames: [String] { [second.outputNames[output]] }

  /// - Throws: `badData` where the second has none of the outputs, or its input is not what the first
  ///   makes.
  init(_ first: OpenVINOGraph, _ second: OpenVINOGraph, output names: Set<String>, name: String)
    throws
  {
    let found = second.outputNames
    guard let output = names.isEmpty ? found.indices.first : found.firstIndex(where: names.contains)
    else {
      throw SplitpipeError(
        .badData,
        "OpenVINO calls the outputs of \(name) \(found.joined(separator: ", ")), expected one of "
          + names.sorted().joined(separator: ", "))
    }
    self.first = first
    self.second = second
    self.output = output
  }

  func run(_ inputs: [InferenceInput]) throws -> [Tensor<Float>] {
    [try second.run(first.run(inputs).map(InferenceInput.floats))[output]]
  }
}
