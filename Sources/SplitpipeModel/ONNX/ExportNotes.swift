import SplitpipeCore

/// What an exporter noted in a model about it, under the keys and in the forms of Ultralytics.
struct ExportNotes {
  /// nil where it does not say.
  var classNames: [String]?
  /// `detect`, `segment`, `pose`, `obb` or `classify`.
  let task: String?
  /// What sides of the input are multiples of, in pixels.
  let stride: Int
  /// The size of input that the model was exported for.
  let size: PixelSize?
  let licence: String?
  /// The first word that names a network, as `YOLOv8n` does.
  let family: String?
  /// All of it.
  let entries: [String: String]

  /// - Parameter entries: the model's metadata; of several under one key the first counts.
  /// - Throws: `badData` where the class names are damaged.
  init(_ entries: [ONNXEntry]) throws(SplitpipeError) {
    try self.init(Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first })
  }

  /// - Parameter values: the model's metadata.
  /// - Throws: `badData` where the class names are damaged.
  init(_ values: [String: String]) throws(SplitpipeError) {
    entries = values
    let names = try values["names"].flatMap { text throws(SplitpipeError) in
      try SplitpipeModel.classNames(inMetadata: text)
    }
    classNames = names?.isEmpty == true ? nil : names
    task = values["task"]
    let strides = Self.numbers(values["stride"])
    stride = strides.max().flatMap { (1...1024).contains($0) ? $0 : nil } ?? 32
    size = Self.size(values["imgsz"])
    licence = values["license"]
    // `Ultralytics YOLOv8n model trained on …`
    family = values["description"]?.split(separator: " ").map(String.init)
      .first { $0.hasPrefix("YOLO") || $0.hasPrefix("RT-DETR") || $0.hasPrefix("rtdetr") }
  }

  /// `[384, 640]`, height first, or one number.
  private static func size(_ text: String?) -> PixelSize? {
    let sides = numbers(text)
    guard (1...2).contains(sides.count),
      sides.allSatisfy({ (1...ModelLimits.inputSide).contains($0) })
    else { return nil }
    return PixelSize(width: sides[sides.count - 1], height: sides[0])
  }

  private static func numbers(_ text: String?) -> [Int] {
    (text ?? "").split { !($0.isASCII && $0.isNumber) }.compactMap { Int($0) }
  }
}
