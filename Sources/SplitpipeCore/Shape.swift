/// The extent of a tensor along each of its dimensions, outermost first (NCHW for pictures).
public struct Shape: Hashable, Sendable, CustomStringConvertible {
  /// The extents, outermost first.
  public let dimensions: [Int]
  /// The number of elements; 1 for a scalar.
  public let count: Int

  /// Creates a shape of known-good extents.
  ///
  /// - Precondition: every extent is at least 0 and their product fits in `Int`.
  public init(_ dimensions: [Int]) {
    guard let shape = Shape(checking: dimensions) else {
      preconditionFailure("shape \(dimensions) has a negative or overflowing extent")
    }
    self = shape
  }

  /// Creates a shape of extents read from outside; nil if one is negative or the product overflows.
  public init?(checking dimensions: [Int]) {
    var count = 1
    for extent in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      count = product
    }
    self.dimensions = dimensions
    self.count = count
  }

  /// The number of dimensions.
  public var rank: Int { dimensions.count }

  /// The extent along a dimension, counted from the outermost.
  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// Extents joined by ×, as in `1×32×48×80`.
  public var description: String {
    dimensions.isEmpty ? "scalar" : dimensions.map(String.init).joined(separator: "×")
  }
}
