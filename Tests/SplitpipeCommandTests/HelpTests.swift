import ArgumentParser
import Testing

@testable import splitpipe

/// Every command of the program, the program itself first.
private let commands: [any ParsableCommand.Type] = {
  func all(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    [command] + command.configuration.subcommands.flatMap(all)
  }
  return all(SplitpipeCommand.self)
}()

private let names = commands.map { $0._commandName }

@Suite struct `The help of every command` {
  private func command(_ name: String) throws -> any ParsableCommand.Type {
    try #require(commands.first { $0._commandName == name })
  }

  private func discussion(_ name: String) throws -> [Substring] {
    try command(name).configuration.discussion
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The lines below EXAMPLE.
  private func examples(_ name: String) throws -> ArraySlice<Substring> {
    let lines = try discussion(name)
    let heading = try #require(lines.lastIndex(of: "EXAMPLE"), "\(name) shows no example")
    return lines[(heading + 1)...]
  }

  @Test func `has a name of its own`() {
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: names) func `shows examples that a terminal of 80 columns does not break`(
    name: String
  ) throws {
    let help = SplitpipeCommand.helpMessage(for: try command(name), columns: 80)
    let shown = help.split(separator: "\n")
    for line in try examples(name) { #expect(shown.contains(line), "\(line)") }
    for line in shown where !line.hasPrefix("USAGE") { #expect(line.count <= 80, "\(line)") }
  }

  @Test(arguments: names) func `shows examples that can be pasted into a shell`(
    name: String
  ) throws {
    let lines = try examples(name).joined(separator: "\n").replacing("\\\n", with: " ")
      .split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      var words = line.split(separator: " ").map(String.init)
      #expect(words.removeFirst() == "splitpipe", "\(line)")
      let parsed = try SplitpipeCommand.parseAsRoot(words)
      #expect(words.contains(type(of: parsed)._commandName), "\(line)")
    }
  }

  /// A line break within a paragraph stands where the terminal would not break.
  @Test(arguments: names)
  func `ends its sentences and leaves the breaking of lines to the terminal`(
    name: String
  ) throws {
    let abstract = try command(name).configuration.abstract
    #expect(abstract.hasSuffix("."))
    let prose = try discussion(name).prefix { $0 != "EXAMPLE" }
    for paragraph in prose.split(separator: "") {
      #expect(paragraph.count == 1, "\(paragraph)")
      #expect(paragraph.last?.hasSuffix(".") == true, "\(paragraph)")
    }
  }
}
