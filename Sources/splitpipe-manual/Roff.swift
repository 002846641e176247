/// Text as roff takes it, the language of manual pages.
enum Roff {
  /// Running text, with nothing in it that roff takes for an instruction.
  static func text(_ text: String) -> String {
    let escaped = text.reduce(into: "") { result, character in
      switch character {
      case "\\": result += "\\e"
      // A plain one is set as a hyphen, which no shell understands.
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      default: result.append(character)
      }
    }
    return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
  }

  static func bold(_ text: String) -> String { "\\fB\(Roff.text(text))\\fR" }

  static func italic(_ text: String) -> String { "\\fI\(Roff.text(text))\\fR" }

  /// An argument of a macro.
  static func quoted(_ text: String) -> String {
    "\"\(Roff.text(text).replacing("\"", with: "\\(dq"))\""
  }
}
