import SplitpipeCore
import SplitpipeFiles

/// Reads a model, told apart by its first bytes: a ZIP archive is a checkpoint of one of
/// `checkpointFamilies`, XML that describes a network is one of OpenVINO, anything else must be an ONNX
/// model.
///
/// Weights of an ONNX model may lie in files beside it; those of an OpenVINO network do.
///
/// - Throws: `.missingInput` where the file cannot be read; `.badData` where it is none of these, damaged
///   or of a kind that is not read. The message names the file and what it is.
public func loadModel(path: String) throws -> Model {
  let limits = CheckpointLimits()
  let bytes = try readFile(path, limit: limits.fileBytes)
  if let pointer = LFSPointer(bytes) { throw SplitpipeError.isPointer(path, pointer) }
  // A name ending in .pt gets the checkpoint reader's sentences even where the file is no archive.
  if bytes.starts(with: Array("PK".utf8)) || path.lowercased().hasSuffix(".pt") {
    return try readCheckpoint(bytes: bytes, name: path, limits: limits)
  }
  guard bytes.count <= ModelLimits.fileBytes else {
    throw SplitpipeError.tooLarge(path, bytes: bytes.count, limit: ModelLimits.fileBytes)
  }
  if IRDescription.isLikely(bytes) { return try readIR(bytes: bytes, path: path) }
  if let foreign = ForeignModel(bytes, path: path) { throw foreign.error(for: path) }
  let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  return try readONNX(bytes: bytes, name: path, folder: folder)
}
