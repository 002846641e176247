import SplitpipeCore

extension BlockReader {
  /// Reads a module that YOLOv5 does not have: those of YOLOv8, YOLO11, YOLO26 and YOLOv10, as in
  /// `ultralytics/nn/modules/block.py`, 8.0 to 8.4.
  ///
  /// - Returns: nil where the module is none of them.
  /// - Throws: `.badData` where it is damaged, or a module inside is unknown.
  mutating func ultralytics(_ module: TorchModule, depth: Int) throws -> Block? {
    func child(_ name: String) throws -> Block {
      try block(try module.required(name), depth: depth + 1)
    }
    switch module.shortName {
    case "C2f", "C3k2", "C2fCIB", "C2fPSA":
      return .c2f(
        first: try child("cv1"), chain: try list(try module.required("m"), depth: depth + 1),
        second: try child("cv2"))
    case "C3k":
      return .c3(
        first: try child("cv1"), middle: try child("m"), second: try child("cv2"),
        third: try child("cv3"))
    case "C2PSA":
      return .c2(
        first: try child("cv1"), middle: try child("m"), second: try child("cv2"))
    case "PSABlock":
      return .attending(try attending(module, adds: try adds(module), depth: depth))
    case "PSA":
      return .psa(
        first: try child("cv1"), try attending(module, adds: true, depth: depth),
        second: try child("cv2"))
    case "Attention":
      return .attention(try attention(module, depth: depth))
    case "SCDown":
      return .bottleneck(first: try child("cv1"), second: try child("cv2"), adds: false)
    case "CIB":
      return .wrapped(
        Block.Child(name: "cv1", block: try child("cv1")), adds: try adds(module))
    case "RepVGGDW":
      return try parallel(module, depth: depth)
    default:
      return nil
    }
  }

  private func adds(_ module: TorchModule) throws -> Bool {
    guard let adds = module.boolean("add") else { throw module.failure("has no flag add") }
    return adds
  }

  private mutating func attending(
    _ module: TorchModule, adds: Bool, depth: Int
  ) throws -> Block.Attending {
    Block.Attending(
      attention: try block(try module.required("attn"), depth: depth + 1),
      feed: try block(try module.required("ffn"), depth: depth + 1), adds: adds)
  }

  private mutating func attention(_ module: TorchModule, depth: Int) throws -> AttentionLayer {
    let heads = try module.integer("num_heads")
    let keyWidth = try module.integer("key_dim")
    let valueWidth = try module.integer("head_dim")
    guard [heads, keyWidth, valueWidth].allSatisfy((1...65_536).contains) else {
      throw module.failure(
        "has \(heads) heads with keys of \(keyWidth) and values of \(valueWidth) numbers")
    }
    guard let scale = module.number("scale").map({ Float($0) }), scale.isFinite else {
      throw module.failure("has no scale")
    }
    return AttentionLayer(
      queriesKeysValues: try block(try module.required("qkv"), depth: depth + 1),
      projection: try block(try module.required("proj"), depth: depth + 1),
      position: try block(try module.required("pe"), depth: depth + 1), heads: heads,
      keyWidth: keyWidth, valueWidth: valueWidth, scale: scale)
  }

  /// `RepVGGDW`; one that was fused before it was saved has a single convolution.
  private mutating func parallel(_ module: TorchModule, depth: Int) throws -> Block {
    let act = try module.required("act")
    guard let activation = try activation(act) else { throw act.unsupported }
    let main = try block(try module.required("conv"), depth: depth + 1)
    guard let side = try module.child("conv1") else {
      return .sequence([
        Block.Child(name: "conv", block: main),
        Block.Child(name: "act", block: .activation(activation)),
      ])
    }
    return .parallel(
      main: main, side: try block(side, depth: depth + 1), activation: activation)
  }
}
