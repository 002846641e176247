import SplitpipeCore
import Yams

extension PipelineFile {
  /// The most bytes of one; what is longer is no pipeline.
  package static let byteLimit = 1 << 20

  private static let keys = ["description", "settings", "buffer", "stages"]

  /// Reads a pipeline file.
  ///
  /// ```yaml
  /// settings: { split: 4.m, bits: 3 }   # flags of the command line override these
  /// buffer: 1                            # frames that may wait between two stages
  /// stages:
  ///   - decode
  ///   - detect: { confidence: 0.25 }     # a stage with options
  ///   - annotate: { from: detect }       # takes records from a stage other than the one before
  /// ```
  ///
  /// - Parameters:
  ///   - text: the file's content.
  ///   - path: what errors call it.
  /// - Returns: the file's values with their lines.
  /// - Throws: `badData` naming the line for anything but the keys above.
  package static func parse(_ text: String, path: String) throws -> PipelineFile {
    let root: Node
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw SplitpipeError.pipeline(path, 1, "it is empty; a pipeline needs a list of stages")
      }
      root = node
    } catch let error as YamlError {
      throw SplitpipeError(.badData, "\(path): not valid YAML: \(error.sentence)")
    }
    guard let mapping = root.mapping else {
      throw SplitpipeError.pipeline(
        path, root.line, "expected keys \(keys.joined(separator: ", "))")
    }
    var file = PipelineFile(path: path)
    for (keyNode, node) in mapping {
      let key = try scalar(keyNode, in: path)
      switch key.text {
      case "description": file.description = try scalar(node, in: path).text
      case "buffer": file.buffer = try scalar(node, in: path)
      case "settings":
        guard let settings = node.mapping else {
          throw SplitpipeError.pipeline(path, node.line, "settings are keys with values")
        }
        for (name, value) in settings {
          file.settings[try scalar(name, in: path).text] = try scalar(value, in: path)
        }
      case "stages":
        guard let list = node.sequence else {
          throw SplitpipeError.pipeline(path, node.line, "stages are a list, one `- name` a line")
        }
        file.stages = try list.map { try entry($0, in: path) }
      default:
        throw SplitpipeError.pipeline(
          path, key.line, unknownName("key", key.text, valid: keys))
      }
    }
    return file
  }

  private static func entry(_ node: Node, in path: String) throws -> Entry {
    guard let mapping = node.mapping else { return Entry(stage: try scalar(node, in: path)) }
    guard mapping.count == 1, let pair = mapping.first else {
      throw SplitpipeError.pipeline(
        path, node.line, "a stage is `- name` or `- name: { option: value }`; indent its options")
    }
    var entry = Entry(stage: try scalar(pair.key, in: path))
    if case .scalar(let empty) = pair.value, empty.string.isEmpty { return entry }
    guard let options = pair.value.mapping else {
      throw SplitpipeError.pipeline(
        path, pair.value.line, "options of stage \"\(entry.stage.text)\" are keys with values")
    }
    for (name, value) in options {
      let name = try scalar(name, in: path)
      if name.text == "from" {
        if let several = value.sequence {
          entry.from = try several.map { try scalar($0, in: path) }
        } else {
          entry.from = [try scalar(value, in: path)]
        }
      } else {
        entry.options[name.text] = try scalar(value, in: path)
      }
    }
    return entry
  }

  private static func scalar(_ node: Node, in path: String) throws -> Value {
    guard let scalar = node.scalar else {
      throw SplitpipeError.pipeline(path, node.line, "expected a single value")
    }
    return Value(text: scalar.string, line: node.line)
  }
}

extension Node {
  fileprivate var line: Int { mark?.line ?? 1 }
}

extension YamlError {
  /// The parser's own words on one line.
  fileprivate var sentence: String {
    description.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

extension SplitpipeError {
  /// A pipeline file that cannot be used, with the line to look at.
  static func pipeline(_ path: String, _ line: Int, _ message: String) -> SplitpipeError {
    SplitpipeError(.badData, "\(path), line \(line): \(message)")
  }
}

/// `unknown KIND "NAME"; did you mean …?` with the nearest valid names.
func unknownName(_ kind: String, _ name: String, valid: [String]) -> String {
  let nearest = nearestNames(to: name, among: valid)
  guard !nearest.isEmpty else { return "\(kind) \"\(name)\" is not known; none is" }
  return "unknown \(kind) \"\(name)\"; did you mean \(nearest.joined(separator: ", "))?"
}
