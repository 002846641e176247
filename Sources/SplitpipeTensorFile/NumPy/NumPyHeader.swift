package import SplitpipeCore

/// What stands in front of the values of a float32 `.npy` file (NumPy Enhancement Proposal 1).
///
/// Six bytes of magic, two of version, the length of the text (two bytes in version 1, four in 2 and
/// 3, little-endian), then a Python dictionary of `descr`, `fortran_order` and `shape`.
package struct NumPyHeader: Hashable, Sendable {
  package let shape: Shape
  package let isBigEndian: Bool

  /// The longest text that is read: NumPy's own of a float32 array takes 118 bytes.
  static let maximumText = 65_535
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  package init(shape: Shape, isBigEndian: Bool = false) {
    self.shape = shape
    self.isBigEndian = isBigEndian
  }

  /// Takes the header off the front of a file.
  ///
  /// - Throws: bad data if it is no header of a float32 array in C order, saying what was found.
  init(from source: inout some ByteSource) throws(SplitpipeError) {
    let name = source.name
    let start = try source.bytes(8)
    guard start.count == 8, start.starts(with: Self.magic) else {
      throw .unreadable(
        name,
        "expected a NumPy .npy file, which starts with 93 4E 55 4D 50 59; write one with "
          + "numpy.save")
    }
    guard (1...3).contains(start[6]), start[7] == 0 else {
      throw .unreadable(
        name, "its .npy version is \(start[6]).\(start[7]), expected 1.0, 2.0 or 3.0")
    }
    let width = start[6] == 1 ? 2 : 4
    let field = try source.bytes(width)
    guard field.count == width else { throw .unreadable(name, "it ends inside its header") }
    let length = field.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.maximumText else {
      throw .unreadable(
        name, "its header takes \(length) bytes, expected at most \(Self.maximumText)")
    }
    let text = try source.bytes(length)
    guard text.count == length else { throw .unreadable(name, "it ends inside its header") }
    var parser = PythonLiteralParser(text)
    guard let value = parser.parse(), case .dictionary(let entries) = value else {
      throw .unreadable(name, "its header is no Python dictionary")
    }
    try self.init(entries, name: name)
  }

  private init(
    _ entries: [(key: String, value: PythonLiteral)], name: String
  ) throws(SplitpipeError) {
    guard entries.map(\.key).sorted() == ["descr", "fortran_order", "shape"] else {
      let found = entries.map { "\"\($0.key)\"" }.joined(separator: ", ")
      throw .unreadable(
        name, "its header has the keys \(found), expected descr, fortran_order and shape")
    }
    var values: [String: PythonLiteral] = [:]
    for (key, value) in entries { values[key] = value }
    isBigEndian = try NumPyType.isBigEndianFloat32(values["descr"], name: name)
    guard case .tuple(let elements)? = values["shape"] else {
      throw .unreadable(name, "its shape is no tuple of numbers")
    }
    var extents: [Int] = []
    for element in elements {
      guard case .integer(let extent) = element, extent >= 0 else {
        throw .unreadable(name, "its shape is no tuple of numbers that fit 63 bits")
      }
      extents.append(extent)
    }
    guard let shape = Shape(checking: extents), shape.count <= Int.max / 4 else {
      throw .unreadable(name, "its shape \(extents) has more values than can be counted")
    }
    self.shape = shape
    guard case .boolean(let isFortran)? = values["fortran_order"] else {
      throw .unreadable(name, "its fortran_order is neither True nor False")
    }
    guard !isFortran || extents.filter({ $0 != 1 }).count <= 1 else {
      throw .unreadable(
        name,
        "its values are in Fortran order, expected C order; convert with "
          + "numpy.save(file, numpy.ascontiguousarray(array))")
    }
  }

  /// The header as NumPy writes it, version 1.0: the values after it start at a multiple of 64.
  ///
  /// - Precondition: the shape has at most four axes, so that the text fits version 1.0.
  package var serialized: [UInt8] {
    let extents = shape.dimensions.map(String.init).joined(separator: ", ")
    let tuple = shape.rank == 1 ? "(\(extents),)" : "(\(extents))"
    let order = isBigEndian ? ">" : "<"
    var text = "{'descr': '\(order)f4', 'fortran_order': False, 'shape': \(tuple), }"
    let unpadded = Self.magic.count + 4 + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = text.utf8.count
    return Self.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}
