/// The manual page of one command.
struct ManualPage {
  let command: CommandDescription
  /// The commands above it and its own name.
  let words: [String]
  let version: String

  /// What `man` calls it, such as `splitpipe-bench-codec`.
  var name: String { words.joined(separator: "-") }
  /// Its file in a folder `man1`.
  var fileName: String { name + ".1" }

  /// The page of a command and those of all below it.
  static func pages(
    of command: CommandDescription, above: [String] = [], version: String
  ) -> [ManualPage] {
    let page = ManualPage(
      command: command, words: above + [command.commandName], version: version)
    return [page]
      + command.shownSubcommands.flatMap { pages(of: $0, above: page.words, version: version) }
  }

  /// The page in roff with the macros of `man`.
  var text: String {
    let (description, examples) = Self.parts(of: command.discussion ?? "")
    var lines = [
      ".TH \(Roff.quoted(name.uppercased())) 1 \"\" \(Roff.quoted("splitpipe " + version)) \"\"",
      // Neither hyphens nor stretched spaces: what is shown is copied into shells.
      ".nh", ".ad l",
      ".SH NAME",
      "\(Roff.text(name)) \\- \(Roff.text(command.abstract ?? ""))",
      ".SH SYNOPSIS",
    ]
    lines += synopsis
    lines.append(".SH DESCRIPTION")
    lines += description.isEmpty ? [Roff.text(command.abstract ?? "")] : Self.prose(description)
    lines += commands + options
    if !examples.isEmpty {
      lines += [".SH EXAMPLES", ".EX"] + examples.map(Roff.text) + [".EE"]
    }
    lines += words.count == 1 ? Self.programSections : []
    return (lines + seeAlso).joined(separator: "\n") + "\n"
  }

  private var arguments: [ArgumentDescription] {
    (command.arguments ?? []).filter(\.shouldDisplay)
  }

  private var synopsis: [String] {
    let start = Roff.bold(words.joined(separator: " "))
    guard command.shownSubcommands.isEmpty else { return ["\(start) \(Roff.italic("command")) …"] }
    return [start]
      + arguments.map { argument in
        let form = Self.form(argument) + (argument.isRepeating ? " …" : "")
        return argument.isOptional || argument.kind == .flag ? "[\(form)]" : form
      }
  }

  private var commands: [String] {
    guard !command.shownSubcommands.isEmpty else { return [] }
    return [".SH COMMANDS"]
      + command.shownSubcommands.flatMap { subcommand in
        let isDefault = subcommand.commandName == command.defaultSubcommand
        return [
          ".TP", "\(Roff.bold(name + "-" + subcommand.commandName))(1)",
          Roff.text((subcommand.abstract ?? "") + (isDefault ? " What runs by itself." : "")),
        ]
      }
  }

  private var options: [String] {
    guard !arguments.isEmpty else { return [] }
    return [".SH OPTIONS"]
      + Self.pairs(arguments).flatMap { pair in
        var help = pair[0].abstract ?? ""
        if let value = pair[0].defaultValue { help += " (default: \(value))" }
        let more = pair[0].discussion.map { [".br"] + Self.prose([$0]) } ?? []
        let forms = pair.map { Self.form($0, withAllNames: true) }.joined(separator: ", ")
        return [".TP", forms, Roff.text(help)] + more
      }
  }

  /// The arguments one by one, a flag together with the one that takes it back.
  private static func pairs(_ arguments: [ArgumentDescription]) -> [[ArgumentDescription]] {
    arguments.reduce(into: []) { pairs, argument in
      let name = argument.preferredName?.name
      if let last = pairs.last?[0].preferredName?.name, name == "no-" + last {
        pairs[pairs.count - 1].append(argument)
      } else {
        pairs.append([argument])
      }
    }
  }

  private var seeAlso: [String] {
    let related = words.count > 1 ? [words.dropLast().joined(separator: "-")] : []
    let names = related + command.shownSubcommands.map { name + "-" + $0.commandName }
    guard !names.isEmpty else { return [] }
    return [".SH SEE ALSO", names.map { Roff.bold($0) + "(1)" }.joined(separator: ",\n")]
  }

  /// An argument as it is typed, the parts to replace in italics.
  private static func form(_ argument: ArgumentDescription, withAllNames: Bool = false) -> String {
    let value = Roff.italic(argument.valueName ?? "value")
    guard argument.kind != .positional else { return value }
    let preferred = argument.preferredName.map { [$0] } ?? []
    let names = withAllNames ? argument.names ?? preferred : preferred
    let typed = names.map { Roff.bold($0.typed) }.joined(separator: ", ")
    return argument.kind == .option ? "\(typed) \(value)" : typed
  }

  /// The paragraphs of a discussion, and the lines of the example that ends it.
  private static func parts(of discussion: String) -> (prose: [String], examples: [String]) {
    let lines = discussion.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let start = lines.firstIndex { $0 == "EXAMPLE" || $0 == "EXAMPLES" } ?? lines.count
    let examples = lines.dropFirst(start + 1).map {
      $0.hasPrefix("  ") ? String($0.dropFirst(2)) : $0
    }
    let prose = lines[..<start].split(separator: "").map { $0.joined(separator: "\n") }
    return (prose, examples)
  }

  private static func prose(_ paragraphs: [String]) -> [String] {
    Array(
      paragraphs.map { $0.split(separator: "\n").map { Roff.text(String($0)) } }
        .joined(separator: [".PP"]))
  }
}
