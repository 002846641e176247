import FoundationEssentials
import Glibc
import SplitpipeCore
import SplitpipeFiles

/// Writes the manual pages of splitpipe, from what the program says of itself:
///
///     splitpipe --experimental-dump-help | splitpipe-manual share/man/man1
@main
enum WriteManual {
  private static let byteLimit = 1 << 24

  static func main() {
    do {
      guard CommandLine.arguments.count == 2 else {
        throw SplitpipeError(
          .usage, "splitpipe --experimental-dump-help | splitpipe-manual FOLDER")
      }
      let description = try readFile("/dev/stdin", limit: byteLimit)
      try write(description, to: CommandLine.arguments[1])
    } catch let error as SplitpipeError {
      say(error.message)
      exit(error.kind.rawValue)
    } catch {
      say("standard input is not what splitpipe --experimental-dump-help prints: \(error)")
      exit(SplitpipeError.Kind.badData.rawValue)
    }
  }

  private static func write(_ description: [UInt8], to folder: String) throws {
    let tool = try JSONDecoder().decode(ToolDescription.self, from: Data(description))
    guard tool.serializationVersion == 0 else {
      throw SplitpipeError(
        .badData,
        "the description of the program has version \(tool.serializationVersion), expected 0")
    }
    for page in ManualPage.pages(of: tool.command, version: splitpipeVersion) {
      let file = try OutputFile(folder + "/" + page.fileName)
      try file.append(page.text)
      try file.finish()
    }
  }

  private static func say(_ message: String) {
    _ = writeAll(Array("splitpipe-manual: \(message)\n".utf8).span, to: STDERR_FILENO)
  }
}
