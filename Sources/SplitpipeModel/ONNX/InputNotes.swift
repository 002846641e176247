package import SplitpipeCore

/// What splitpipe notes in a model that it writes, so that the model is fed as it was made to be.
enum InputNotes {
  private static let key = "splitpipe.input"

  /// A model's metadata, under the keys of Ultralytics and one of our own.
  ///
  /// - Parameters:
  ///   - model: what it was made from.
  ///   - size: of its input.
  /// - Returns: by key.
  static func entries(_ model: Model, size: PixelSize) -> [String: String] {
    func literal(_ text: String) -> String {
      "'" + text.flatMap { "'\\".contains($0) ? ["\\", $0] : [$0] } + "'"
    }
    var entries = ["imgsz": "[\(size.height), \(size.width)]", key: text(of: model.geometry)]
    if !model.classNames.isEmpty {
      let names = model.classNames.enumerated().map { "\($0.offset): \(literal($0.element))" }
      entries["names"] = "{\(names.joined(separator: ", "))}"
    }
    if model.detector != nil { entries["task"] = "detect" }
    if model.family != "ONNX" { entries["description"] = model.family }
    entries["license"] = model.licence
    return entries
  }

  private static func text(of geometry: InputGeometry) -> String {
    func list(_ values: SIMD3<Float>) -> String {
      (0..<3).map { "\(values[$0])" }.joined(separator: ",")
    }
    var parts = [
      "channels=\(geometry.channelOrder.rawValue)", "scale=\(geometry.byteScale)",
      "letterbox=\(geometry.placement.rawValue)",
    ]
    if let normalization = geometry.normalization {
      parts += ["mean=\(list(normalization.mean))", "std=\(list(normalization.deviation))"]
    }
    return parts.joined(separator: " ")
  }

  /// The geometry that a model's metadata notes, where it does.
  ///
  /// - Parameters:
  ///   - entries: the metadata.
  ///   - geometry: what would be taken otherwise.
  /// - Returns: what is noted, else `geometry`.
  /// - Throws: `badData` where the note is damaged.
  static func geometry(
    _ entries: [String: String], else geometry: InputGeometry
  ) throws(SplitpipeError) -> InputGeometry {
    guard let text = entries[key] else { return geometry }
    var values: [Substring: Substring] = [:]
    for part in text.split(separator: " ") {
      let pair = part.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { values[pair[0]] = pair[1] }
    }
    guard let channels = values["channels"], let scale = values["scale"],
      let letterbox = values["letterbox"],
      let order = InputGeometry.ChannelOrder(rawValue: String(channels)),
      let byteScale = Float(scale), byteScale.isFinite, byteScale > 0,
      let placement = InputGeometry.Placement(rawValue: String(letterbox))
    else {
      throw SplitpipeError(
        .badData,
        "the note \"\(key)\" in the model's metadata is damaged (\"\(text.prefix(100))\"), expected "
          + "channels=rgb scale=0.0039 letterbox=centre")
    }
    var noted = geometry
    noted.channelOrder = order
    noted.byteScale = byteScale
    noted.placement = placement
    if let mean = values["mean"].flatMap({ PlaneValues(parsing: String($0)) }),
      let deviation = values["std"].flatMap({ PlaneValues(parsing: String($0)) })
    {
      noted.normalization = PixelNormalization(mean: mean.values, deviation: deviation.values)
    }
    return noted
  }
}

extension Model {
  /// The bytes of an ONNX file that holds another network of this model's input, output and classes.
  ///
  /// - Parameters:
  ///   - graph: the network, at one size of its input.
  ///   - size: width and height of that input.
  ///   - notes: more metadata.
  /// - Returns: weights are in half precision where that loses nothing.
  /// - Throws: as `onnxBytes(of:)`.
  package func onnxBytes(
    with graph: ModelGraph, size: PixelSize, notes: [String: String] = [:]
  ) throws -> [UInt8] {
    try SplitpipeModel.onnxBytes(
      of: graph.storingHalves(),
      notes: InputNotes.entries(self, size: size).merging(notes) { first, _ in first })
  }
}
