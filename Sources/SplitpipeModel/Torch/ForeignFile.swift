import SplitpipeCore

/// Files that go by the name `.pt` and are no checkpoint, told by their first bytes.
enum ForeignFile {
  /// The number that `torch.save` pickled first before PyTorch 1.6, 0x1950A86A20F9469CFC6C.
  private static let legacy: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  /// What the file is and what to give instead; nil where it may be a checkpoint.
  static func sentence(about bytes: [UInt8]) -> String? {
    if bytes.starts(with: legacy) {
      return "a checkpoint in the format before PyTorch 1.6; load it with PyTorch and save it again"
    }
    if bytes.count > 2, bytes[0] == 0x80, (1...5).contains(bytes[1]) {
      return "a bare pickle, expected what torch.save writes: a ZIP archive; load it with the "
        + "program that wrote it and save the network with PyTorch"
    }
    if isJSON(bytes, lengthBytes: 8) {
      return "weights in the safetensors format, which do not say how they are connected; give the "
        + ".pt or export the network to ONNX"
    }
    // Exporters put a description and its length before the engine.
    if bytes.starts(with: Array("ftrt".utf8)) || isJSON(bytes, lengthBytes: 4) {
      return "a TensorRT engine, which runs on the GPU it was built for only; give the .pt it was "
        + "built from, or export that to ONNX"
    }
    return nil
  }

  /// Whether a length, the least significant byte first, and a JSON object of that length come first.
  private static func isJSON(_ bytes: [UInt8], lengthBytes: Int) -> Bool {
    guard bytes.count > lengthBytes, bytes[lengthBytes] == UInt8(ascii: "{") else { return false }
    let length = bytes[..<lengthBytes].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length >= 2 && length <= UInt64(bytes.count - lengthBytes)
  }
}
