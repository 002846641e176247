import SplitpipeCore

/// One line of a YOLO label file: a class and a box relative to the image.
struct YOLOLabel: Hashable, Sendable {
  let classIndex: Int
  let centreX: Double
  let centreY: Double
  let width: Double
  let height: Double

  /// In pixels of an image of this size.
  func object(_ size: PixelSize) -> TruthObject {
    TruthObject(
      classIndex: classIndex, x: (centreX - width / 2) * Double(size.width),
      y: (centreY - height / 2) * Double(size.height), width: width * Double(size.width),
      height: height * Double(size.height))
  }
}

extension YOLOLabel {
  /// Reads a label file: `class centreX centreY width height` per line, empty lines passed over.
  ///
  /// - Throws: `badData` naming the file and the line.
  static func read(_ bytes: [UInt8], path: String, classCount: Int) throws -> [YOLOLabel] {
    var labels: [YOLOLabel] = []
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      let fields = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      if fields.isEmpty { continue }
      labels.append(
        try YOLOLabel(fields, classCount: classCount) { problem in
          SplitpipeError(
            .badData, "cannot read the labels \"\(path)\": line \(number + 1) \(problem)")
        })
    }
    return labels
  }

  private init(
    _ fields: [ArraySlice<UInt8>], classCount: Int, failure: (String) -> SplitpipeError
  ) throws {
    guard fields.count == 5 else {
      throw failure(
        "has \(fields.count) fields, expected 5: class, centre x, centre y, width, height")
    }
    let values = try fields.map { field in
      let text = String(decoding: field, as: UTF8.self)
      guard let value = Double(text), value.isFinite else {
        throw failure("has \"\(text.prefix(20))\" where a number is expected")
      }
      return value
    }
    guard let classIndex = Int(exactly: values[0]), (0..<classCount).contains(classIndex) else {
      throw failure(
        "has the class \(String(decoding: fields[0], as: UTF8.self)), but the model's classes are "
          + "0 to \(classCount - 1)")
    }
    // What writers round up at the border is let through.
    if let wrong = values.dropFirst().first(where: { $0 < 0 || $0 > 1 + 1e-6 }) {
      throw failure("has \(wrong), expected numbers from 0 to 1 (parts of the image's size)")
    }
    self.init(
      classIndex: classIndex, centreX: values[1], centreY: values[2], width: values[3],
      height: values[4])
  }
}
