import SplitpipeCore

/// Bounds on what a model file may ask for, far above any detector, so that a damaged or hostile
/// file is refused before memory or time is spent on it.
package enum ModelLimits {
  /// Bytes of a model file.
  package static let fileBytes = 2 << 30
  /// Bytes of all weights that lie beside a model.
  package static let externalBytes = 4 << 30
  /// Pixels along a side of the input.
  package static let inputSide = 1 << 14
  /// Nodes of a graph.
  package static let nodes = 100_000
  /// Dimensions of a tensor.
  package static let rank = 16
  /// Elements of a tensor that flows through the graph.
  package static let elements = 1 << 31
  /// Elements of a tensor whose values are followed for the sake of shapes.
  package static let foldedElements = 1 << 12
  /// Multiply-accumulate operations of one node; the sum over all nodes then fits as well.
  package static let macs = 1 << 45
  /// Extents, steps and padding of a sliding window, and groups of a convolution.
  package static let window = 1 << 20
  /// The largest magnitude of an integer attribute or extent that takes part in shape arithmetic.
  package static let extent = 1 << 31
}

extension Shape {
  /// A shape of extents read from a model; nil for a negative or too large one.
  ///
  /// Every product of some of the extents stays within `ModelLimits.elements`, also where another
  /// extent is 0, so that later arithmetic on them cannot overflow.
  init?(limited extents: [Int]) {
    guard extents.count <= ModelLimits.rank else { return nil }
    var product = 1
    for extent in extents {
      guard extent >= 0, extent <= ModelLimits.elements else { return nil }
      product *= max(1, extent)
      guard product <= ModelLimits.elements else { return nil }
    }
    self.init(extents)
  }
}
