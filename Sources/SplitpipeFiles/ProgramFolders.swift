internal import FoundationEssentials
internal import Glibc

/// Where the program looks for what comes with it: in the environment's place, in the prefix it is
/// installed in, in the checkout it was built in.
///
/// Never in the working folder: whoever stands in a folder that others filled would run their code.
/// Nor in any folder that merely lies above the program: `/tmp` may be one.
package struct ProgramFolders: Sendable {
  /// Those of this process.
  package static let current = ProgramFolders(
    program: runningProgram(), environment: ProcessInfo.processInfo.environment)

  private let prefixes: [String]
  private let checkout: String?
  private let environment: [String: String]

  /// The folders of a program.
  ///
  /// - Parameters:
  ///   - program: its absolute path, links resolved; nil where the system does not say.
  ///   - environment: its environment.
  package init(program: String?, environment: [String: String]) {
    self.environment = environment
    let names = (program ?? "").split(separator: "/").dropLast()
    guard program?.hasPrefix("/") == true else {
      prefixes = []
      checkout = nil
      return
    }
    func path(_ names: ArraySlice<Substring>) -> String { names.map { "/" + $0 }.joined() }
    prefixes = (names.last == "bin" ? [path(names.dropLast())] : []) + [path(names)]
    // The build folder and its variants, such as that of the fuzzer.
    checkout = names.lastIndex { $0.hasPrefix(".build") }.map { path(names[..<$0]) }
  }

  /// What the environment names as a part's place: the only one to look in then, since another
  /// would be a surprise.
  ///
  /// - Parameter part: what is looked for.
  /// - Returns: the variable's value, nil where it is unset or empty.
  package func named(_ part: ProgramPart) -> String? {
    environment[part.variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The folders to look for a part in where the environment names none, the first one first.
  ///
  /// - Parameter part: what is looked for.
  /// - Returns: absolute paths: below the prefix whose `bin` the program lies in, below the folder it
  ///   lies in, below the checkout whose `.build` it lies in.
  package func places(of part: ProgramPart) -> [String] {
    prefixes.map { "\($0)/\(part.installed)" }
      + (checkout.map { ["\($0)/\(part.checkedOut)"] } ?? [])
  }

  private static func runningProgram() -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0, count < buffer.count else { return nil }
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
