/// Elements in contiguous row-major order together with their shape.
package struct Tensor<Element: Sendable>: Sendable {
  package let shape: Shape
  package let values: [Element]

  /// - Precondition: `values` holds exactly `shape.count` elements.
  package init(shape: Shape, values: [Element]) {
    precondition(
      values.count == shape.count,
      "a \(shape) tensor needs \(shape.count) values, got \(values.count)")
    self.shape = shape
    self.values = values
  }
}

extension Tensor: Equatable where Element: Equatable {}
