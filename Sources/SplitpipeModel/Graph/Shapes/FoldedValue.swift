import SplitpipeCore

/// The elements of a small tensor that are known before the graph runs.
struct FoldedValue: Sendable, Equatable {
  enum Elements: Sendable, Equatable {
    case integers([Int64])
    case reals([Float])
  }

  let shape: Shape
  let elementType: ElementType
  let elements: Elements

  /// nil unless there are as many elements as the shape has.
  init?(shape: Shape, elementType: ElementType, elements: Elements) {
    let count =
      switch elements {
      case .integers(let values): values.count
      case .reals(let values): values.count
      }
    guard count == shape.count else { return nil }
    self.shape = shape
    self.elementType = elementType
    self.elements = elements
  }

  /// nil for a weight too large to follow or of a type that shape arithmetic does not use.
  init?(_ weight: Weight) {
    guard weight.shape.count <= ModelLimits.foldedElements else { return nil }
    let elements: Elements
    switch weight.elementType {
    case .int64: elements = .integers(weight.elements(Int64.self))
    case .int32: elements = .integers(weight.elements(Int32.self).map(Int64.init))
    case .bool: elements = .integers(weight.bytes.map { $0 == 0 ? 0 : 1 })
    case .float32: elements = .reals(weight.elements(UInt32.self).map(Float.init(bitPattern:)))
    default: return nil
    }
    self.init(shape: weight.shape, elementType: weight.elementType, elements: elements)
  }

  /// The value as a constant tensor; nil where an integer does not fit its type.
  var weight: Weight? {
    switch (elements, elementType) {
    case (.integers(let values), .int64):
      return Weight(shape: shape, elementType: .int64, bytes: littleEndian(values))
    case (.integers(let values), .int32):
      let narrow = values.compactMap(Int32.init(exactly:))
      guard narrow.count == values.count else { return nil }
      return Weight(shape: shape, elementType: .int32, bytes: littleEndian(narrow))
    case (.integers(let values), .bool):
      return Weight(shape: shape, elementType: .bool, bytes: values.map { $0 == 0 ? 0 : 1 })
    case (.reals(let values), .float32):
      return Weight(
        shape: shape, elementType: .float32, bytes: littleEndian(values.map(\.bitPattern)))
    default: return nil
    }
  }

  var integers: [Int64]? {
    guard case .integers(let values) = elements else { return nil }
    return values
  }

  var reals: [Float]? {
    guard case .reals(let values) = elements else { return nil }
    return values
  }

  /// The same elements in another shape; nil unless the counts agree.
  func reshaped(_ shape: Shape) -> FoldedValue? {
    guard shape.count == self.shape.count else { return nil }
    return FoldedValue(shape: shape, elementType: elementType, elements: elements)
  }

  /// The elements at some positions, as a tensor of `shape`.
  ///
  /// nil unless the positions exist and are as many as the shape has elements.
  func picking(_ positions: [Int], shape: Shape) -> FoldedValue? {
    guard positions.allSatisfy({ $0 >= 0 && $0 < self.shape.count }) else { return nil }
    return switch elements {
    case .integers(let values):
      FoldedValue(
        shape: shape, elementType: elementType, elements: .integers(positions.map { values[$0] }))
    case .reals(let values):
      FoldedValue(
        shape: shape, elementType: elementType, elements: .reals(positions.map { values[$0] }))
    }
  }
}

extension Weight {
  /// The elements as integers of the type's width.
  func elements<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type) -> [Value] {
    let size = Value.bitWidth / 8
    // One load for each element: graphs have many small weights, and every cut looks at all.
    return unsafe bytes.withUnsafeBytes { raw in
      (0..<raw.count / size).map { index in
        unsafe Value(
          littleEndian: raw.loadUnaligned(fromByteOffset: index * size, as: Value.self))
      }
    }
  }
}
