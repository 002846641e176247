/// What `splitpipe --experimental-dump-help` says of the program, as far as a manual shows it.
struct ToolDescription: Decodable {
  /// The version of the format; this reads 0.
  let serializationVersion: Int
  let command: CommandDescription
}

/// A command with its arguments and the commands below it.
struct CommandDescription: Decodable {
  let commandName: String
  let abstract: String?
  let discussion: String?
  let shouldDisplay: Bool?
  let defaultSubcommand: String?
  let subcommands: [CommandDescription]?
  let arguments: [ArgumentDescription]?

  /// The commands below it that have pages; the one that prints help has none.
  var shownSubcommands: [CommandDescription] {
    (subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
  }
}

/// An argument, an option or a flag.
struct ArgumentDescription: Decodable {
  enum Kind: String, Decodable {
    case positional, option, flag
  }

  struct Name: Decodable {
    enum Kind: String, Decodable {
      case long, short, longWithSingleDash
    }

    let kind: Kind
    let name: String

    /// As it is typed.
    var typed: String { (kind == .long ? "--" : "-") + name }
  }

  let kind: Kind
  let shouldDisplay: Bool
  let isOptional: Bool
  let isRepeating: Bool
  let names: [Name]?
  let preferredName: Name?
  let valueName: String?
  let defaultValue: String?
  let abstract: String?
  let discussion: String?
}
