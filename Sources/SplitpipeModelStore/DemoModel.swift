internal import Glibc
import SplitpipeCore
internal import SplitpipeFiles

/// The model that ships with splitpipe: what is used where none is named.
package enum DemoModel {
  /// Where it lies within a folder of models.
  static let file = "demo/demo.pt"

  /// The path of the demo model.
  ///
  /// Looked for in the folders that `SPLITPIPE_MODELS` names (separated by colons), else in those of
  /// the program.
  ///
  /// - Throws: `missingInput` where it is in none of them.
  package static func path() throws -> String {
    try path(.current, exists: { unsafe access($0, R_OK) == 0 })
  }

  /// The same, for a program's folders.
  static func path(_ folders: ProgramFolders, exists: (String) -> Bool) throws -> String {
    let variable = ProgramPart.models.variable
    if let named = folders.named(.models) {
      let places = named.split(separator: ":").map { "\($0)/\(file)" }
      if let found = places.first(where: exists) { return found }
      throw SplitpipeError(
        .missingInput,
        "no model: \(variable) is \"\(named)\", where there is no \(file); give --model with a "
          + "YOLOv5 .pt checkpoint or an .onnx file")
    }
    let places = folders.places(of: .models).map { "\($0)/\(file)" }
    if let found = places.first(where: exists) { return found }
    throw SplitpipeError(
      .missingInput,
      """
      no model: the demo model is not there (looked for \
      \(places.map { "\"\($0)\"" }.joined(separator: ", "))); give --model with a YOLOv5 .pt \
      checkpoint or an .onnx file, or set \(variable) to the folder that holds \(file)
      """)
  }
}
