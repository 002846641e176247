import SplitpipeCore
import SplitpipeFiles

/// Reads a YOLOv5 detection checkpoint (`.pt`, v6.0 to v7.0, also those of v5.0 made of the same
/// modules).
///
/// The pickle is read as data and never executed. Where the file holds averaged weights (`ema`)
/// those are taken, as the official loader does.
///
/// - Throws: `.missingInput` where the file cannot be read; `.badData` where it is damaged, asks for
///   a class outside the allow-list, or holds another kind of network. The message names the file.
package func readYOLOv5Checkpoint(
  path: String, limits: CheckpointLimits = CheckpointLimits()
) throws -> Model {
  let bytes = try readFile(path, limit: limits.fileBytes)
  return try readYOLOv5Checkpoint(bytes: bytes, name: path, limits: limits)
}

/// Reads a YOLOv5 detection checkpoint from the bytes of its file; `name` is what errors call it.
package func readYOLOv5Checkpoint(
  bytes: [UInt8], name: String, limits: CheckpointLimits = CheckpointLimits()
) throws -> Model {
  do {
    let checkpoint = try TorchCheckpoint(bytes, limits: limits)
    let document = checkpoint.document
    let module = try TorchModule(try networkValue(in: document), in: document, path: "")
    var reader = YOLOv5NetworkReader(checkpoint, limits: limits)
    let network = try reader.network(module)
    // Building it once finds out whether its shapes fit together.
    let side = network.largestStride * 2
    _ = try network.graph(
      size: PixelSize(width: side, height: side), maximumSide: limits.inputSide)
    return Model(
      name: name, family: network.family, format: ".pt", classNames: network.classNames,
      geometry: InputGeometry(
        size: .rectangular(longest: network.inputSide, stride: network.largestStride),
        placement: .centred, channelOrder: .rgb, byteScale: 1 / 255),
      detector: .yolov5, licence: licence(in: document), contentHash: ContentHash(bytes),
      graph: { try network.graph(size: $0, maximumSide: limits.inputSide) })
  } catch let error as SplitpipeError {
    throw error.about("cannot read model \"\(name)\"")
  }
}

/// The pickled network: `ema`, else `model` of the checkpoint's dictionary, or the root itself.
private func networkValue(in document: PickleDocument) throws -> PickleValue {
  if case .record = document.root { return document.root }
  for key in ["ema", "model"] {
    guard let value = document.entry(key, of: document.root), value != .none else { continue }
    guard case .record = value else {
      throw SplitpipeError(
        .badData,
        "\"\(key)\" is \(value.kind), expected a whole network: a file of weights alone does not "
          + "say how they are connected")
    }
    return value
  }
  throw SplitpipeError(
    .badData,
    "the checkpoint is \(document.root.kind) without \"model\" or \"ema\"; expected what YOLOv5's "
      + "training saves")
}

private func licence(in document: PickleDocument) -> String? {
  if case .text(let text)? = document.entry("license", of: document.root) { return text }
  return nil
}
