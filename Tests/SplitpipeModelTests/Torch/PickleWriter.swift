/// A value to be pickled by a test, hostile ones included.
indirect enum Pickled: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case tuple([Pickled])
  case list([Pickled])
  case dictionary([(Pickled, Pickled)])
  case global(String, String)
  /// A function or class called with arguments.
  case call(String, String, [Pickled])
  /// An instance of a class with attributes.
  case object(String, String, [(String, Pickled)])
  case storage(type: String, key: String, count: Int)
  /// Opcodes as they are.
  case raw([UInt8])

  /// A tensor that fills its storage in row-major order.
  static func tensor(_ key: String, _ shape: [Int], type: String = "FloatStorage") -> Pickled {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in strides.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] &* shape[axis + 1]
    }
    return tensor(
      key, shape, strides: strides, offset: 0, storage: shape.reduce(1, &*), type: type)
  }

  static func tensor(
    _ key: String, _ shape: [Int], strides: [Int], offset: Int, storage: Int,
    type: String = "FloatStorage"
  ) -> Pickled {
    .call(
      "torch._utils", "_rebuild_tensor_v2",
      [
        .storage(type: type, key: key, count: storage), .integer(offset),
        .tuple(shape.map(Pickled.integer)), .tuple(strides.map(Pickled.integer)), .boolean(false),
        .call("collections", "OrderedDict", []),
      ])
  }

  /// The pickle of this value, protocol 2.
  var pickle: [UInt8] { [0x80, 2] + code + [0x2E] }

  private var code: [UInt8] {
    switch self {
    case .none: [0x4E]
    case .boolean(let value): [value ? 0x88 : 0x89]
    case .integer(let value) where value == Int(Int32(truncatingIfNeeded: value)):
      [0x4A] + little(UInt64(bitPattern: Int64(value)), 4)
    case .integer(let value): [0x8A, 8] + little(UInt64(bitPattern: Int64(value)), 8)
    case .real(let value): [0x47] + little(value.bitPattern, 8).reversed()
    case .text(let text): [0x58] + little(UInt64(text.utf8.count), 4) + Array(text.utf8)
    case .tuple(let items): [0x28] + items.flatMap(\.code) + [0x74]
    case .list(let items): [0x5D, 0x28] + items.flatMap(\.code) + [0x65]
    case .dictionary(let pairs):
      [0x7D, 0x28] + pairs.flatMap { $0.0.code + $0.1.code } + [0x75]
    case .global(let module, let name): [0x63] + Array("\(module)\n\(name)\n".utf8)
    case .call(let module, let name, let arguments):
      Pickled.global(module, name).code + Pickled.tuple(arguments).code + [0x52]
    case .object(let module, let name, let attributes):
      Pickled.global(module, name).code + [0x29, 0x81]
        + Pickled.dictionary(attributes.map { (.text($0.0), $0.1) }).code + [0x62]
    case .storage(let type, let key, let count):
      Pickled.tuple([
        .text("storage"), .global("torch", type), .text(key), .text("cpu"), .integer(count),
      ]).code + [0x51]
    case .raw(let code): code
    }
  }
}

func little(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
}
