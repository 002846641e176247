/// The extent of a tensor along each of its dimensions, outermost first (NCHW for pictures).
package struct Shape: Hashable, Sendable, CustomStringConvertible {
  package let dimensions: [Int]
  /// The number of elements; 1 for a scalar.
  package let count: Int

  /// Creates a shape of known-good extents.
  ///
  /// - Precondition: every extent is at least 0 and their product fits in `Int`.
  package init(_ dimensions: [Int]) {
    guard let shape = Shape(checking: dimensions) else {
      preconditionFailure("shape \(dimensions) has a negative or overflowing extent")
    }
    self = shape
  }

  /// Creates a shape of extents read from outside; nil if one is negative or the product overflows.
  package init?(checking dimensions: [Int]) {
    var count = 1
    for extent in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      count = product
    }
    self.dimensions = dimensions
    self.count = count
  }

  package var rank: Int { dimensions.count }

  package subscript(axis: Int) -> Int { dimensions[axis] }

  /// Extents joined by ×, as in `1×32×48×80`.
  package var description: String {
    dimensions.isEmpty ? "scalar" : dimensions.map(String.init).joined(separator: "×")
  }
}
