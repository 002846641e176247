import SplitpipeCore

extension ModelGraph {
  /// Follows shapes, and the values that shapes are computed from, from the inputs to the outputs.
  ///
  /// What an unknown operator makes stays unknown, and so does all that depends on its shape; an
  /// open extent of an input makes that input unknown.
  ///
  /// - Precondition: the nodes are sorted (`sortedTopologically()`).
  /// - Throws: `badData` naming the node whose inputs cannot go together.
  package func inferringShapes() throws -> ShapedGraph {
    var types: [String: TensorType] = [:]
    var values: [String: FoldedValue] = [:]
    for (name, weight) in weights {
      types[name] = TensorType(shape: weight.shape, elementType: weight.elementType)
      values[name] = FoldedValue(weight)
    }
    for input in inputs {
      let extents = input.dimensions.compactMap(\.self)
      guard extents.count == input.dimensions.count else { continue }
      guard let shape = Shape(limited: extents) else {
        throw SplitpipeError(.badData, "input \"\(input.name)\" has an impossible shape \(extents)")
      }
      types[input.name] = TensorType(shape: shape, elementType: input.elementType)
    }
    var macs: [Int] = []
    macs.reserveCapacity(nodes.count)
    for node in nodes {
      let operands = Operands(node: node, opset: opset, types: types, values: values)
      if node.domain.isEmpty, let rule = shapeRules[node.operation] {
        for (name, result) in zip(node.outputs, try operands.results(of: rule)) {
          guard let result, !name.isEmpty else { continue }
          types[name] = result.type
          values[name] = result.value
        }
      }
      let output = node.outputs.first.flatMap { types[$0] }
      macs.append(try operands.multiplyAccumulates(output: output?.shape))
    }
    return ShapedGraph(graph: self, types: types, macs: macs, values: values)
  }
}

extension Operands {
  fileprivate func results(of rule: ShapeRule) throws -> [Inferred?] {
    do { return try rule(self) ?? [] } catch is UnknownValue { return [] }
  }
}

/// A rule gives what is known of each output, or nil where nothing is.
typealias ShapeRule = @Sendable (Operands) throws -> [Inferred?]?

/// Every operator whose output shapes are known, opsets 7 to 24.
private let shapeRules: [String: ShapeRule] = [
  elementwiseRules, convolutionRules, matrixRules, reductionRules, arrangementRules, partRules,
  resizeRules, arithmeticRules,
].reduce(into: [:]) { all, rules in all.merge(rules) { first, _ in first } }

/// What a rule found out about one output.
struct Inferred {
  let type: TensorType
  let value: FoldedValue?

  init(_ shape: Shape, _ elementType: ElementType) {
    type = TensorType(shape: shape, elementType: elementType)
    value = nil
  }

  /// A shape with the value, where that is known and small.
  init(_ shape: Shape, _ elementType: ElementType, value: FoldedValue?) {
    type = TensorType(shape: shape, elementType: elementType)
    self.value = value
  }

  /// A known value; only its shape where there are not as many elements as that has.
  init(_ shape: Shape, _ elementType: ElementType, elements: FoldedValue.Elements) {
    type = TensorType(shape: shape, elementType: elementType)
    value = FoldedValue(shape: shape, elementType: elementType, elements: elements)
  }
}
