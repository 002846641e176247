/// The `metadata.yaml` that Ultralytics writes beside its exports.
enum ExportMetadata {
  /// Reads its values.
  ///
  /// - Parameter text: of one level below the keys; what is not, is left out.
  /// - Returns: in the form that the same exporter gives them in an ONNX file: lists and dictionaries as
  ///   Python prints them.
  static func values(of text: String) -> [String: String] {
    var values: [String: String] = [:]
    var key: String?
    var items: [String] = []
    var pairs: [String] = []
    func close() {
      guard let key else { return }
      if !items.isEmpty { values[key] = "[\(items.joined(separator: ", "))]" }
      if !pairs.isEmpty { values[key] = "{\(pairs.joined(separator: ", "))}" }
      (items, pairs) = ([], [])
    }
    for line in text.split(whereSeparator: \.isNewline) {
      let isInner = line.first == " " || line.first == "-"
      let content = line.drop { $0 == " " }
      if isInner, content.hasPrefix("- ") {
        items.append(String(content.dropFirst(2)))
      } else if let colon = content.firstIndex(of: ":") {
        let name = String(content[..<colon])
        let value = unquoted(content[content.index(after: colon)...].drop { $0 == " " })
        if isInner {
          pairs.append("\(name): \(quoted(value))")
        } else {
          close()
          key = name
          if !value.isEmpty { values[name] = value }
        }
      }
    }
    close()
    return values
  }

  private static func unquoted(_ text: Substring) -> String {
    guard text.count > 1, let quote = text.first, quote == "'" || quote == "\"",
      text.last == quote
    else { return String(text) }
    return String(text.dropFirst().dropLast()).replacing("\(quote)\(quote)", with: "\(quote)")
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }
}
