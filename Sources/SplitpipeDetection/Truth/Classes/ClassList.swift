package import SplitpipeCore
import SplitpipeFiles

/// What the classes of YOLO labels are called, as a file beside the labels says it.
package struct ClassList: Sendable {
  /// The file.
  package let path: String
  /// By the number that the lines of labels begin with.
  package let names: [Int: String]
  /// Keypoints of a label and numbers per keypoint, where the labels are of poses.
  package let keypoints: (count: Int, numbers: Int)?

  /// By number.
  var classes: [(number: String, name: String)] {
    names.sorted { $0.key < $1.key }.map { (String($0.key), $0.value) }
  }

  package init(_ file: DatasetFile) {
    path = file.path
    names = file.names
    keypoints = file.keypoints
  }

  /// A list of names, one a line, the first of number 0.
  ///
  /// - Parameter path: a text such as `classes.txt` or `obj.names`.
  /// - Throws: `missingInput` where it cannot be read, `badData` where it is too long.
  package init(list path: String) throws(SplitpipeError) {
    self.path = path
    let lines = LabelText.lines(try readFile(path, limit: DatasetFile.byteLimit))
      .map { $0.withoutOuterSpace }
    let last = lines.lastIndex { !$0.isEmpty } ?? -1
    names = Dictionary(
      uniqueKeysWithValues: lines[..<(last + 1)].enumerated().filter { !$0.element.isEmpty }
        .map { ($0.offset, $0.element) })
    keypoints = nil
  }

  /// Where a list of the classes of labels may lie: beside them, up to the folder that holds `labels`,
  /// and above a folder that is a part of a dataset, such as `valid`. Not further: what lies there may
  /// be of other labels.
  ///
  /// - Parameter labels: a folder of label files.
  /// - Returns: folders, the nearest first.
  package static func folders(around labels: String) -> [String] {
    let parts = absolutePath(labels).split(separator: "/").map(String.init)
    guard !parts.isEmpty else { return ["/"] }
    var top = parts.count - 1
    if let place = parts.lastIndex(where: { $0.lowercased() == "labels" }), place > 0 {
      top = place - 1
    }
    if top > 0, isPart(parts[top].lowercased()) { top -= 1 }
    return (top..<parts.count).reversed().map { "/" + parts[...$0].joined(separator: "/") }
  }

  private static func isPart(_ name: String) -> Bool {
    name == "obj_train_data" || ["train", "val", "test"].contains { name.hasPrefix($0) }
  }

  /// Finds the list that lies nearest to labels.
  ///
  /// - Parameter folders: where to look, the nearest first.
  /// - Returns: the names of `data.yaml`, `classes.txt` or `obj.names`; nil where there is none.
  /// - Throws: as reading it does.
  package static func near(_ folders: [String]) throws -> ClassList? {
    for folder in folders {
      // A folder that cannot be listed has nothing to say.
      let found = ((try? namesInFolder(folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
      func first(_ names: Set<String>) -> String? {
        found.first { names.contains($0.lowercased()) }.map { folder + "/" + $0 }
      }
      if let path = first(DatasetFile.names) {
        let file = try DatasetFile(path: path)
        if !file.names.isEmpty { return ClassList(file) }
      }
      if let path = first(["classes.txt", "predefined_classes.txt", "obj.names", "classes.names"]) {
        let list = try ClassList(list: path)
        if !list.names.isEmpty { return list }
      }
    }
    return nil
  }
}
