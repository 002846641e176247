import SplitpipeCore
import SplitpipeFiles
import Yams

/// A `data.yaml`: where the pictures of a dataset are and what its classes are called.
package struct DatasetFile: Sendable {
  /// What such a file is called in a dataset's folder, in lower case.
  package static let names: Set = ["data.yaml", "data.yml", "dataset.yaml", "dataset.yml"]
  /// The most bytes of one; what is longer is no list of names.
  package static let byteLimit = 1 << 22

  package let path: String
  /// The key `path`, which the places of pictures are relative to.
  package private(set) var root: String?
  /// Places of pictures by the key they stand under: `train`, `val`, `test`.
  package private(set) var places: [String: [String]] = [:]
  /// The classes by number; empty where it does not say them.
  package private(set) var names: [Int: String] = [:]
  /// The key `nc`.
  package private(set) var classCount: Int?
  /// The key `kpt_shape`: keypoints of a label and numbers per keypoint.
  package private(set) var keypoints: (count: Int, numbers: Int)?

  /// Reads a file; keys that say nothing of labels are passed over.
  ///
  /// - Parameter path: the file.
  /// - Throws: `missingInput` where it cannot be read, `badData` naming the line where it is no YAML
  ///   or one of the keys holds something else.
  package init(path: String) throws {
    self.path = path
    let text = String(
      decoding: LabelText.withoutByteOrder(try readFile(path, limit: Self.byteLimit)),
      as: UTF8.self)
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      let sentence = error.description.split(whereSeparator: \.isNewline).joined(separator: " ")
      throw SplitpipeError(.badData, "cannot read \"\(path)\": not valid YAML: \(sentence)")
    }
    guard let mapping = root?.mapping else {
      throw SplitpipeError(
        .badData,
        "cannot read \"\(path)\" as a dataset: expected keys such as path, train, val and names")
    }
    for (keyNode, node) in mapping {
      guard let key = keyNode.scalar?.string else { continue }
      switch key {
      case "path": self.root = node.scalar?.string
      case "train", "val", "valid", "test":
        places[key == "valid" ? "val" : key] = try texts(node, key)
      case "names": names = try classNames(node)
      case "nc": classCount = node.scalar.flatMap { Int($0.string) }
      case "kpt_shape": keypoints = try keypointShape(node)
      default: break
      }
    }
    if let classCount, !names.isEmpty, classCount != names.count {
      throw SplitpipeError(
        .badData,
        "cannot use \"\(path)\": nc is \(classCount), but names has \(names.count) classes; correct "
          + "the one that is wrong")
    }
  }

  private func fault(_ node: Node, _ problem: String) -> SplitpipeError {
    SplitpipeError(.badData, "cannot read \"\(path)\": line \(node.mark?.line ?? 1): \(problem)")
  }

  private func texts(_ node: Node, _ key: String) throws -> [String] {
    if let scalar = node.scalar {
      // `test:` without anything, as some programs leave it.
      return scalar.string.isEmpty || node.null != nil ? [] : [scalar.string]
    }
    guard let list = node.sequence else {
      throw fault(node, "\(key) is a folder, a list of pictures (.txt) or several of them")
    }
    return try list.map { entry in
      guard let scalar = entry.scalar else { throw fault(entry, "expected a folder or a file") }
      return scalar.string
    }
  }

  private func classNames(_ node: Node) throws -> [Int: String] {
    var names: [Int: String] = [:]
    if let list = node.sequence {
      for (number, entry) in list.enumerated() {
        guard let scalar = entry.scalar else { throw fault(entry, "expected the name of a class") }
        names[number] = scalar.string
      }
    } else if let mapping = node.mapping {
      for (key, entry) in mapping {
        guard let number = key.scalar.flatMap({ Int($0.string) }), number >= 0,
          let scalar = entry.scalar
        else { throw fault(key, "expected the number of a class and its name, as in 0: person") }
        guard names.updateValue(scalar.string, forKey: number) == nil else {
          throw fault(key, "names holds class \(number) twice")
        }
      }
    } else if node.null == nil {
      throw fault(node, "names is a list of classes, or numbers with names")
    }
    return names
  }

  private func keypointShape(_ node: Node) throws -> (count: Int, numbers: Int) {
    let numbers = (node.sequence ?? []).compactMap { $0.scalar.flatMap { Int($0.string) } }
    guard numbers.count == 2, (0...10_000).contains(numbers[0]), (2...3).contains(numbers[1]) else {
      throw fault(node, "kpt_shape is a number of keypoints and 2 or 3 numbers each, as in [17, 3]")
    }
    return (numbers[0], numbers[1])
  }
}
