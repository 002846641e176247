import FoundationEssentials
import SplitpipeCore

extension Weight {
  /// A tensor of an ONNX file with its elements as little-endian bytes.
  ///
  /// - Parameters:
  ///   - tensor: as the file holds it.
  ///   - name: what errors call it.
  ///   - files: gives elements that lie beside the model.
  /// - Throws: `badData` for elements that lie elsewhere, an element type splitpipe does not know, or
  ///   a number of elements that is not that of the shape; `missingInput` where the file of the
  ///   elements is not there.
  init(_ tensor: borrowing ONNXTensor, named name: String, files: ExternalWeights) throws {
    guard let type = ElementType(rawValue: Int(tensor.dataType)) else {
      throw SplitpipeError.tensor(
        name, "has ONNX element type \(tensor.dataType), which splitpipe does not know")
    }
    guard let shape = Shape(limited: tensor.dims.map(Int.init)) else {
      throw SplitpipeError.tensor(name, "has an impossible shape \(tensor.dims)")
    }
    let expected = shape.count * type.byteCount
    let bytes: [UInt8]
    if tensor.dataLocation == .external || !tensor.externalData.isEmpty {
      bytes = try files.bytes(of: name, at: tensor.externalData, count: expected)
    } else if tensor.rawData.isEmpty {
      bytes = try Self.typedBytes(of: tensor, type: type)
    } else {
      bytes = [UInt8](tensor.rawData)
    }
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
