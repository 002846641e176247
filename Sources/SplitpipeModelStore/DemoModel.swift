internal import FoundationEssentials
internal import Glibc
import SplitpipeCore

/// The model that ships with splitpipe: what is used where none is named.
package enum DemoModel {
  /// Where it lies within a folder of models.
  static let file = "demo/demo.pt"

  /// The path of the demo model.
  ///
  /// Looked for in the folders that `SPLITPIPE_MODELS` names (separated by colons), else in
  /// `Models` and in `share/splitpipe/Models` of every folder above the program, else in `Models` of
  /// the current folder.
  ///
  /// - Throws: `missingInput` where it is in none of them.
  package static func path() throws -> String {
    try path(
      named: ProcessInfo.processInfo.environment["SPLITPIPE_MODELS"], program: program(),
      exists: { unsafe access($0, R_OK) == 0 })
  }

  /// The same, for a given value of the variable and place of the program.
  static func path(
    named: String?, program: String?, exists: (String) -> Bool
  ) throws -> String {
    // What the user names is the only place then: another model would be a surprise.
    if let named, !named.isEmpty {
      let places = named.split(separator: ":").map { "\($0)/\(file)" }
      if let found = places.first(where: exists) { return found }
      throw SplitpipeError(
        .missingInput,
        "no model: SPLITPIPE_MODELS is \"\(named)\", where there is no \(file); give --model with a "
          + "YOLOv5 .pt checkpoint or an .onnx file")
    }
    var places: [String] = []
    var folder = (program ?? "").split(separator: "/").dropLast().map(String.init)
    while program != nil {
      let prefix = folder.map { "/" + $0 }.joined()
      places.append("\(prefix)/Models/\(file)")
      places.append("\(prefix)/share/splitpipe/Models/\(file)")
      guard folder.popLast() != nil else { break }
    }
    places.append("Models/\(file)")
    if let found = places.first(where: exists) { return found }
    throw SplitpipeError(
      .missingInput,
      """
      no model: the demo model Models/\(file) lies neither in a folder above the program nor in \
      the current one; give --model with a YOLOv5 .pt checkpoint or an .onnx file, or set \
      SPLITPIPE_MODELS to the folder that holds \(file)
      """)
  }

  /// Where this program lies, links resolved; nil where the system does not say.
  private static func program() -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0, count < buffer.count else { return nil }
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
