package import SplitpipeCore

/// What flows along a tensor of a graph.
package struct TensorType: Sendable, Hashable {
  package let shape: Shape
  package let elementType: ElementType

  package init(shape: Shape, elementType: ElementType) {
    self.shape = shape
    self.elementType = elementType
  }

  /// Bytes of all elements.
  package var byteCount: Int { shape.count * elementType.byteCount }
}

/// A graph with what shape inference found out about it.
package struct ShapedGraph: Sendable {
  package let graph: ModelGraph
  /// Tensors whose shape is known, weights and inputs included.
  package let types: [String: TensorType]
  /// Multiply-accumulate operations of each node, in the order of the nodes; 0 for operators that
  /// are not matrix products or convolutions, or whose shapes are unknown.
  package let macs: [Int]
  /// Small tensors whose values follow from the shapes alone.
  let values: [String: FoldedValue]
}
