import SplitpipeCore

/// A kind of file that holds a network and is not read, told by its first bytes or its name.
struct ForeignModel {
  /// What the file is.
  let name: String
  /// What to do instead.
  let advice: String

  private static let exportAdvice =
    "give the ONNX file it was made from, or export the network anew as ONNX"

  init?(_ bytes: [UInt8], path: String) {
    let start = bytes.prefix(4096)
    func begins(_ text: String, at offset: Int = 0) -> Bool {
      start.dropFirst(offset).starts(with: Array(text.utf8))
    }
    let lowered = path.lowercased()
    func ends(_ suffixes: String...) -> Bool { suffixes.contains(where: lowered.hasSuffix) }
    let text = String(decoding: start, as: UTF8.self)
    let markup = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.prefix(2048).lowercased()

    if markup.hasPrefix("<?xml") || markup.hasPrefix("<net") {
      name = "an XML text that describes no OpenVINO network"
      advice = "give the .xml of a network, or give the ONNX file it was made from"
    } else if markup.hasPrefix("<!doctype") || markup.hasPrefix("<html") {
      name = "a web page"
      advice = "the download went wrong: fetch the file itself, not the page about it"
    } else if begins("TFL3", at: 4) {
      name = "a TensorFlow Lite model"
      advice = Self.exportAdvice
    } else if begins("ftrt") || begins("ptrt") || Self.isNotedEngine(bytes)
      || ends(".engine", ".plan", ".trt")
    {
      name = "a TensorRT engine"
      advice = "it is machine code for one kind of GPU; " + Self.exportAdvice
    } else if begins("ORTM", at: 4) {
      name = "a model in ONNX Runtime's own format"
      advice = "give the ONNX file it was made from"
    } else if bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      name = "an HDF5 file, as Keras writes"
      advice = Self.exportAdvice
    } else if begins("GGUF") {
      name = "a GGUF file"
      advice = Self.exportAdvice
    } else if begins("7767517\n") {
      name = "an ncnn network"
      advice = Self.exportAdvice
    } else if bytes.starts(with: Self.legacyCheckpoint) {
      name = "a checkpoint in the format before PyTorch 1.6"
      advice = "load it with PyTorch and save it again"
    } else if bytes.count > 2, bytes[0] == 0x80, (1...5).contains(bytes[1]) {
      name = "a bare pickle, not the ZIP archive that torch.save writes"
      advice = "load it with the program that wrote it and save the network with PyTorch"
    } else if Self.isSafetensors(bytes) {
      name = "a file of weights alone (safetensors)"
      advice = "it does not say how they are connected; export the whole network as ONNX"
    } else {
      return nil
    }
  }

  /// The number that `torch.save` pickled first before PyTorch 1.6, 0x1950A86A20F9469CFC6C.
  private static let legacyCheckpoint: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  /// A header of JSON whose length comes first, in eight bytes.
  private static func isSafetensors(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > 10, bytes[8] == UInt8(ascii: "{") else { return false }
    let length = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length >= 2 && length <= UInt64(bytes.count - 8)
  }

  /// An engine behind a note in JSON whose length comes first, in four bytes, as Ultralytics writes.
  private static func isNotedEngine(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > 8, bytes[4] == UInt8(ascii: "{") else { return false }
    let length = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length >= 2, length <= bytes.count - 8 else { return false }
    let engine = bytes[(4 + length)...].prefix(4)
    return engine.elementsEqual("ftrt".utf8) || engine.elementsEqual("ptrt".utf8)
  }

  /// What it is, and what to do.
  var sentence: String {
    "it is \(name), expected a .pt checkpoint or an ONNX model; \(advice)"
  }

  /// - Parameter path: the file.
  /// - Returns: `badData` that says what the file is.
  func error(for path: String) -> SplitpipeError {
    SplitpipeError(.badData, "cannot read model \"\(path)\": \(sentence)")
  }
}
