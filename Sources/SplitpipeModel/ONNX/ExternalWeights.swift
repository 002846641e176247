import SplitpipeCore
import SplitpipeFiles

/// The elements of weights that lie in files beside a model (ONNX calls them external data).
///
/// A model says where each of its weights lies; as it may come from anybody, only files in its own
/// folder and below are read, and no more bytes than a limit altogether.
final class ExternalWeights {
  /// nil where the model has no folder, as one read from memory.
  private let folder: String?
  private var left: Int
  /// Names what was read, in the order it was asked for.
  private(set) var hashes: [ContentHash] = []

  init(folder: String?, limit: Int = ModelLimits.externalBytes) {
    self.folder = folder
    left = limit
  }

  /// Reads the elements of one weight.
  ///
  /// - Parameters:
  ///   - tensor: what errors call the weight.
  ///   - entries: `location`, a path below the model's folder, and perhaps `offset` and `length` in
  ///     bytes.
  ///   - count: bytes that the weight has.
  /// - Returns: as many bytes.
  /// - Throws: `badData` for a place elsewhere or one that holds another number of bytes,
  ///   `missingInput` where the file is not there.
  func bytes(of tensor: String, at entries: [ONNXEntry], count: Int) throws -> [UInt8] {
    let fields = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    let location = fields["location"] ?? ""
    guard let folder else {
      throw SplitpipeError.externalData(tensor: tensor, location: location)
    }
    guard let path = Self.path(of: location) else {
      throw SplitpipeError.tensor(
        tensor,
        "lies at \"\(location)\", expected a file in the model's folder or below; save the model as "
          + "one file (onnx.save with save_as_external_data=False)")
    }
    func number(_ key: String, unless value: Int) throws -> Int {
      guard let text = fields[key] else { return value }
      guard let number = Int(text), number >= 0 else {
        throw SplitpipeError.tensor(
          tensor, "lies in \"\(location)\" with \(key) \"\(text)\", expected a number of bytes")
      }
      return number
    }
    let offset = try number("offset", unless: 0)
    let length = try number("length", unless: count)
    guard length == count else {
      throw SplitpipeError.tensor(
        tensor, "needs \(count) bytes, found \(length) in \"\(location)\"")
    }
    guard count <= left else {
      throw SplitpipeError.tensor(
        tensor, "and those before it are more than \(ModelLimits.externalBytes) bytes")
    }
    left -= count
    do {
      let bytes = try readPart(of: folder + path, from: offset, count: count)
      hashes.append(ContentHash(bytes))
      return bytes
    } catch {
      let advice =
        error.kind == .missingInput ? "; the file belongs beside the model, copy it there" : ""
      throw SplitpipeError(
        error.kind, "weight \"\(tensor)\" lies in another file: \(error.message)\(advice)")
    }
  }

  /// The path below the folder, with a slash in front; nil for one that may lead out of it.
  private static func path(of location: String) -> String? {
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.isEmpty, !location.utf8.contains(0),
      parts.allSatisfy({ !$0.isEmpty && $0 != ".." })
    else { return nil }
    return "/" + location
  }
}
