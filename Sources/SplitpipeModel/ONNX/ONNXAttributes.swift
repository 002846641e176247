import FoundationEssentials
import SplitpipeCore

extension Attribute {
  /// An attribute of an ONNX node; nil for a value that holds a graph.
  init?(_ attribute: ONNXAttribute, of node: String, files: ExternalWeights) throws {
    let about = "attribute \"\(attribute.name)\" of node \"\(node)\""
    switch attribute.type {
    case .float: self = .float(attribute.f)
    case .int: self = .int(attribute.i)
    case .string: self = .string(try Self.text(attribute.s, about: about))
    case .floats: self = .floats(attribute.floats)
    case .ints: self = .ints(attribute.ints)
    case .strings: self = .strings(try attribute.strings.map { try Self.text($0, about: about) })
    case .tensor:
      guard attribute.t.count == 1, let tensor = attribute.t.first else {
        throw SplitpipeError(.badData, "\(about) holds \(attribute.t.count) tensors, expected one")
      }
      self = .tensor(try Weight(tensor, named: about, files: files))
    case .graph, .graphs: return nil
    case .undefined, .tensors, .UNRECOGNIZED:
      throw SplitpipeError(
        .badData, "\(about) has type \(attribute.type.rawValue), which splitpipe does not read")
    }
  }

  private static func text(_ bytes: Data, about: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw SplitpipeError(.badData, "\(about) is not UTF-8 text")
    }
    return text
  }
}

extension Node {
  /// The value of a `Constant` node.
  func constantValue() throws -> Weight {
    for (key, attribute) in attributes {
      switch (key, attribute) {
      case ("value", .tensor(let weight)): return weight
      case ("value_float", .float(let value)):
        return Weight(
          shape: Shape([]), elementType: .float32, bytes: littleEndian([value.bitPattern]))
      case ("value_floats", .floats(let values)):
        return Weight(
          shape: Shape([values.count]), elementType: .float32,
          bytes: littleEndian(values.map(\.bitPattern)))
      case ("value_int", .int(let value)):
        return Weight(shape: Shape([]), elementType: .int64, bytes: littleEndian([value]))
      case ("value_ints", .ints(let values)):
        return Weight(
          shape: Shape([values.count]), elementType: .int64, bytes: littleEndian(values))
      default: continue
      }
    }
    throw SplitpipeError.unsupported("a Constant node \"\(name)\" that is not a dense tensor")
  }
}
