import SplitpipeCore

/// Which elements of a storage make up a tensor.
struct TensorView: Equatable {
  /// Member of the archive under `data/`.
  let key: String
  let elementType: ElementType
  /// Elements in the whole storage.
  let storageCount: Int
  let offset: Int
  let shape: Shape
  /// Elements from one index to the next, for each dimension.
  let strides: [Int]

  private static let elementTypes: [String: ElementType] = [
    "torch.HalfStorage": .float16, "torch.FloatStorage": .float32, "torch.DoubleStorage": .float64,
    "torch.BFloat16Storage": .bfloat16, "torch.LongStorage": .int64, "torch.IntStorage": .int32,
  ]

  /// Takes apart `_rebuild_tensor_v2(storage, offset, size, stride, …)`.
  ///
  /// - Throws: `.badData` where an element lies outside the storage, or where the tensor has more
  ///   elements than its storage (`expand`), which no saved weight has.
  init(_ value: PickleValue, in document: PickleDocument) throws {
    guard let record = document.record(value),
      record.className == "torch._utils._rebuild_tensor_v2", record.arguments.count >= 4
    else {
      throw SplitpipeError(.badData, "expected a tensor, found \(value.kind)")
    }
    guard let storage = document.record(record.arguments[0]),
      storage.className == PickleGlobals.storage, storage.arguments.count >= 4,
      case .global(let type) = storage.arguments[0], case .text(let key) = storage.arguments[1],
      case .integer(let storageCount) = storage.arguments[3], storageCount >= 0,
      case .integer(let offset) = record.arguments[1],
      let extents = document.integers(record.arguments[2]),
      let strides = document.integers(record.arguments[3]), strides.count == extents.count,
      let shape = Shape(checking: extents)
    else {
      throw SplitpipeError(.badData, "a tensor's description is damaged")
    }
    guard let elementType = Self.elementTypes[type] else {
      throw SplitpipeError(
        .badData, "a tensor of \(type), expected half, bfloat16, float or double")
    }
    var last = offset
    var overflow = false
    for (extent, stride) in zip(extents, strides) where extent > 1 {
      let reach = (extent - 1).multipliedReportingOverflow(by: stride)
      let sum = last.addingReportingOverflow(reach.partialValue)
      overflow = overflow || reach.overflow || sum.overflow || stride < 0
      last = sum.partialValue
    }
    guard offset >= 0, !overflow, shape.count == 0 || last < storageCount,
      shape.count <= storageCount
    else {
      throw SplitpipeError(
        .badData,
        "a \(shape) tensor with offset \(offset) and strides \(strides) does not fit in its "
          + "storage of \(storageCount) elements")
    }
    self.key = key
    self.elementType = elementType
    self.storageCount = storageCount
    self.offset = offset
    self.shape = shape
    self.strides = strides
  }

  /// The elements in row-major order.
  ///
  /// - Precondition: `bytes` hold the whole storage from `start` on.
  func values(of bytes: [UInt8], from start: Int) -> [Float] {
    let size = elementType.byteCount
    precondition(
      shape.count == 0 || start + storageCount * size <= bytes.count, "the whole storage")
    let type = elementType
    // Runs along the innermost dimension, so that the common contiguous tensor is one run.
    let isContiguous = strides == Self.rowMajorStrides(shape.dimensions)
    let run = isContiguous ? shape.count : (shape.dimensions.last ?? 1)
    let step = isContiguous ? 1 : (strides.last ?? 1)
    return unsafe bytes.withUnsafeBytes { raw in
      unsafe [Float](unsafeUninitializedCapacity: shape.count) { output, count in
        var index = [Int](repeating: 0, count: shape.rank)
        while count < shape.count {
          var element = offset
          for axis in 0..<shape.rank { element += index[axis] * strides[axis] }
          if isContiguous, type == .float16 {
            for element in element..<element + run {
              let value = unsafe Self.widened(
                raw.loadUnaligned(fromByteOffset: start + element * 2, as: UInt16.self))
              unsafe output.initializeElement(at: element - offset, to: value)
            }
            count = run
            return
          }
          for _ in 0..<run {
            let value = unsafe Self.load(raw, at: start + element * size, type)
            unsafe output.initializeElement(at: count, to: value)
            count += 1
            element += step
          }
          var axis = shape.rank - 2
          while axis >= 0 {
            index[axis] += 1
            if index[axis] < shape[axis] { break }
            index[axis] = 0
            axis -= 1
          }
        }
      }
    }
  }

  private static func rowMajorStrides(_ extents: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: extents.count)
    for axis in stride(from: extents.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] &* extents[axis + 1]
    }
    return strides
  }

  /// A half as float32, in arithmetic that vectorizes; `Float(Float16)` is a call on x86-64.
  ///
  /// Exponent and fraction move to their places in a float32, whose exponent is then 112 too small;
  /// multiplying by 2¹¹² mends that and makes subnormal halves normal. Infinity and NaN keep theirs.
  @inline(__always)
  private static func widened(_ half: UInt16) -> Float {
    let bits = UInt32(half & 0x7FFF) << 13
    let finite = (Float(bitPattern: bits) * 0x1p112).bitPattern
    let magnitude = bits < 0x0F80_0000 ? finite : bits | 0x7F80_0000
    return Float(bitPattern: magnitude | UInt32(half & 0x8000) << 16)
  }

  @inline(__always)
  private static func load(
    _ raw: UnsafeRawBufferPointer, at offset: Int, _ type: ElementType
  ) -> Float {
    switch type {
    case .float16:
      unsafe widened(raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    case .bfloat16:
      unsafe Float(
        bitPattern: UInt32(raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) << 16)
    case .float64: unsafe Float(raw.loadUnaligned(fromByteOffset: offset, as: Double.self))
    case .int64: unsafe Float(raw.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    case .int32: unsafe Float(raw.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    default: unsafe raw.loadUnaligned(fromByteOffset: offset, as: Float.self)
    }
  }
}

extension PickleDocument {
  /// The items of a tuple or list of integers; nil for anything else.
  func integers(_ value: PickleValue) -> [Int]? {
    guard let items = items(value) else { return nil }
    var integers: [Int] = []
    for item in items {
      guard case .integer(let integer) = item else { return nil }
      integers.append(integer)
    }
    return integers
  }
}
