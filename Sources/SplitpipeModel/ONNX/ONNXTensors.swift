import FoundationEssentials
import SplitpipeCore

extension Weight {
  /// A tensor of an ONNX file with its elements as little-endian bytes.
  ///
  /// - Throws: `badData` for elements in another file, an element type splitpipe does not know, or
  ///   a number of elements that is not that of the shape.
  init(_ tensor: borrowing ONNXTensor, named name: String) throws {
    if tensor.dataLocation == .external || !tensor.externalData.isEmpty {
      let location = tensor.externalData.first { $0.key == "location" }?.value ?? "unnamed"
      throw SplitpipeError.externalData(tensor: name, location: location)
    }
    guard let type = ElementType(rawValue: Int(tensor.dataType)) else {
      throw SplitpipeError.tensor(
        name, "has ONNX element type \(tensor.dataType), which splitpipe does not know")
    }
    guard let shape = Shape(limited: tensor.dims.map(Int.init)) else {
      throw SplitpipeError.tensor(name, "has an impossible shape \(tensor.dims)")
    }
    let bytes =
      tensor.rawData.isEmpty ? try Self.typedBytes(of: tensor, type: type) : [UInt8](tensor.rawData)
    let expected = shape.count * type.byteCount
    guard bytes.count == expected else {
      throw SplitpipeError.tensor(
        name, "of shape \(shape) needs \(expected) bytes of \(type), found \(bytes.count)")
    }
    self.init(shape: shape, elementType: type, bytes: bytes)
  }

  /// The elements of the field that the format assigns to the type.
  private static func typedBytes(
    of tensor: borrowing ONNXTensor, type: ElementType
  ) throws -> [UInt8] {
    switch type {
    case .float32: littleEndian(tensor.floatData.map(\.bitPattern))
    case .float64: littleEndian(tensor.doubleData.map(\.bitPattern))
    case .int64: littleEndian(tensor.int64Data)
    case .uint64: littleEndian(tensor.uint64Data)
    case .uint32: littleEndian(tensor.uint64Data.map { UInt32(truncatingIfNeeded: $0) })
    case .int32: littleEndian(tensor.int32Data)
    case .int16, .uint16, .float16, .bfloat16:
      littleEndian(tensor.int32Data.map { UInt16(truncatingIfNeeded: $0) })
    case .int8, .uint8, .bool: tensor.int32Data.map { UInt8(truncatingIfNeeded: $0) }
    }
  }
}
