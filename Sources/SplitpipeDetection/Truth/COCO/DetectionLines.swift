import SplitpipeCore

/// What `splitpipe run --detections` writes: JSON, an object per frame and line.
struct DetectionLines: Sendable {
  struct Found: Sendable, Decodable {
    let box: [Double]
    let confidence: Double
    let name: String
  }
  struct Line: Sendable, Decodable {
    let frame: Int
    /// The image's name; nil for a frame of a video.
    let file: String?
    let boxes: [Found]
  }

  let lines: [Line]

  /// The longest first line that is looked at; one of 300 boxes has 50 kB.
  private static let longestLine = 1 << 24

  /// Whether a file is one of these rather than a COCO results file: it begins with an object that has
  /// a frame and boxes.
  static func isOne(_ bytes: [UInt8]) -> Bool {
    guard LabelText.firstSign(bytes) == UInt8(ascii: "{"),
      let first = LabelText.rawLines(bytes).first(where: { LabelText.firstSign($0) != nil }),
      first.count <= longestLine
    else { return false }
    return (try? COCOFile.decode(Line.self, Array(first))) != nil
  }

  /// - Throws: `badData` naming the line.
  init(_ bytes: [UInt8]) throws {
    var lines: [Line] = []
    for (number, text) in LabelText.rawLines(bytes).enumerated() {
      if LabelText.firstSign(text) == nil { continue }
      do {
        let line = try COCOFile.decode(Line.self, Array(text), elements: "box")
        for (index, found) in line.boxes.enumerated() {
          guard found.box.count == 4, found.box.allSatisfy(\.isFinite), found.confidence.isFinite
          else {
            throw SplitpipeError(
              .badData, "box \(index) (counted from 0) wants four numbers and a confidence")
          }
        }
        lines.append(line)
      } catch let error as SplitpipeError where error.kind == .badData {
        throw error.about("line \(number + 1)")
      }
    }
    self.lines = lines
  }

  /// The boxes as COCO results of the images and categories of labels.
  ///
  /// - Parameters:
  ///   - truth: the labels.
  ///   - path: what errors call them.
  ///   - name: what errors call these lines.
  ///   - firstFrame: what the labels call the first frame, where the user says it.
  /// - Returns: the results, and sentences on what was left out.
  /// - Throws: `badData` where the labels know none of the frames or none of the classes.
  func results(
    for truth: COCODocument, path: String, name: String, firstFrame: Int?
  ) throws -> (results: COCOResults, notes: [String]) {
    let frames =
      lines.contains { $0.file == nil } ? try numbering(of: truth, path, firstFrame) : nil
    let images = try images(of: truth, path, frames)
    let categories = Dictionary(
      truth.categories.map { (ClassName.folded($0.name), $0.id) }
    ) { first, _ in first }
    var entries: [COCOResults.Entry] = []
    var strangers: Set<String> = []
    var homeless = 0
    for (line, image) in zip(lines, images) {
      guard let image else {
        homeless += 1
        continue
      }
      for found in line.boxes {
        guard let category = categories[ClassName.folded(found.name)] else {
          strangers.insert(found.name)
          continue
        }
        let box = found.box
        entries.append(
          COCOResults.Entry(
            imageID: image, categoryID: category,
            box: COCOBox(
              x: box[0], y: box[1], width: box[2] - box[0], height: box[3] - box[1]),
            score: found.confidence))
      }
    }
    guard homeless < lines.count || lines.isEmpty else {
      throw SplitpipeError(
        .badData,
        "cannot score \"\(name)\": \"\(path)\" lists none of its \(lines.count) frames; give the "
          + "labels of the input that the boxes were found in")
    }
    guard strangers.isEmpty || !entries.isEmpty else {
      throw SplitpipeError(
        .badData,
        "cannot score \"\(name)\": none of its classes (\(ClassName.list(strangers.sorted()))) is a "
          + "category of \"\(path)\"")
    }
    var notes = [
      "\"\(name)\" holds boxes as they are shown, mostly of confidence 0.25 and more; mAP is by custom "
        + "that of all boxes of 0.001 and more, which splitpipe run --coco writes"
    ]
    notes += frames?.notes ?? []
    if homeless > 0 {
      notes.append("\(homeless) frames of \"\(name)\" that \"\(path)\" does not list are left out")
    }
    if !strangers.isEmpty {
      notes.append(
        "boxes of classes that \"\(path)\" does not have are left out: "
          + ClassName.list(strangers.sorted()))
    }
    return (COCOResults(entries: entries), notes)
  }

  private func numbering(
    of truth: COCODocument, _ path: String, _ firstFrame: Int?
  ) throws -> FrameNumbering {
    try FrameNumbering(
      truth.images.map { .init(id: $0.id.number, name: $0.fileName) }, video: nil,
      first: firstFrame, labels: path)
  }

  /// The image of each line: by file name, or the frame of a video by its number.
  private func images(
    of truth: COCODocument, _ path: String, _ frames: FrameNumbering?
  ) throws -> [COCOID?] {
    var names: [String: COCOID] = [:]
    var shared: Set<String> = []
    for image in truth.images {
      guard let name = image.fileName.map(ImageName.name) else { continue }
      if names.updateValue(image.id, forKey: name) != nil { shared.insert(name) }
    }
    return try lines.map { line in
      guard let file = line.file else {
        return frames?.items[line.frame].map { truth.images[$0].id }
      }
      guard !shared.contains(file) else {
        throw SplitpipeError(
          .badData,
          "cannot use the labels \"\(path)\": it lists more than one image called \"\(file)\"")
      }
      return names[file]
    }
  }
}
