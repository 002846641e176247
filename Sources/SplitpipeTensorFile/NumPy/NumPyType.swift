import SplitpipeCore

/// NumPy's spelling of what an array's elements are.
enum NumPyType {
  /// Whether elements are float32 with the most significant byte first.
  ///
  /// - Throws: bad data, naming the type found and how to convert it, if they are no float32.
  static func isBigEndianFloat32(
    _ literal: PythonLiteral?, name: String
  ) throws(SplitpipeError) -> Bool {
    switch literal {
    case .string("<f4"): return false
    case .string(">f4"): return true
    case .string(let code):
      throw .unreadable(
        name,
        "its values are \(words(for: code)), expected float32; convert with "
          + "numpy.save(file, array.astype(numpy.float32))")
    default:
      throw .unreadable(
        name, "its elements are records, expected float32; save one float32 array of them")
    }
  }

  /// `<f8` in words.
  private static func words(for code: String) -> String {
    let shown = String(code.prefix(16))
    let body = code.drop(while: { "<>|=".contains($0) })
    guard let kind = body.first, let size = Int(body.dropFirst()), (1...32).contains(size) else {
      return "of the type \"\(shown)\""
    }
    let kinds: [Character: String] = ["f": "float", "i": "int", "u": "uint", "c": "complex"]
    if kind == "b" { return "bool (\(shown))" }
    guard let name = kinds[kind] else { return "of the type \"\(shown)\"" }
    return "\(name)\(size * 8) (\(shown))"
  }
}
