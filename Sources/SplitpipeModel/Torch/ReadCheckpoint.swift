import SplitpipeCore

/// Reads the bytes of a PyTorch checkpoint (`.pt`) of one of the families in `checkpointFamilies`.
///
/// The pickle is read as data and never executed. Where the file holds averaged weights (`ema`)
/// those are taken, as the official loaders do. `name` is what errors call the file.
///
/// - Throws: `.badData` where it is damaged, asks for a class outside the allow-list, or holds another
///   kind of network.
package func readCheckpoint(
  bytes: [UInt8], name: String, limits: CheckpointLimits = CheckpointLimits()
) throws -> Model {
  do {
    let checkpoint = try TorchCheckpoint(bytes, limits: limits)
    let document = checkpoint.document
    let module = try TorchModule(try networkValue(in: document), in: document, path: "")
    let family = checkpointFamilies.first { $0.recognises(module) } ?? checkpointFamilies[0]
    let network = try family.init(module, in: checkpoint, limits: limits)
    // Building it once finds out whether its shapes fit together.
    _ = try network.graph(size: network.probe, maximumSide: limits.inputSide)
    return Model(
      name: name, family: network.name, format: ".pt", classNames: network.classNames,
      geometry: network.geometry, detector: network.detector, licence: licence(in: document),
      contentHash: ContentHash(bytes),
      graph: { try network.graph(size: $0, maximumSide: limits.inputSide) })
  } catch let error as SplitpipeError {
    throw error.about("cannot read model \"\(name)\"")
  }
}

/// Whether a dictionary holds tensors and nothing else.
private func holdsTensors(_ value: PickleValue, in document: PickleDocument) -> Bool {
  guard let pairs = document.pairs(value), !pairs.isEmpty else { return false }
  return pairs.allSatisfy {
    document.record($0.value)?.className == "torch._utils._rebuild_tensor_v2"
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
  let weights =
    [document.root]
    + ["state_dict", "model_state_dict"].compactMap {
      document.entry($0, of: document.root)
    }
  if weights.contains(where: { holdsTensors($0, in: document) }) {
    throw SplitpipeError(
      .badData,
      "a state_dict, the weights of a network without the network; load it into the network it "
        + "belongs to with PyTorch and save that whole, or export it to ONNX")
  }
  throw SplitpipeError(
    .badData,
    "the checkpoint is \(document.root.kind) without \"model\" or \"ema\"; expected what the "
      + "training of YOLOv5 or of the ultralytics package saves")
}

private func licence(in document: PickleDocument) -> String? {
  if case .text(let text)? = document.entry("license", of: document.root) { return text }
  return nil
}
