internal import FoundationEssentials
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeFiles
import SplitpipeModel
import SplitpipePipeline

/// Writes the boxes that are scored as a COCO results file, from which `splitpipe score` or pycocotools
/// make the same mAP again.
///
/// Images and categories are called as the COCO labels call them, where there are some; frames that
/// these do not list, and classes that they do not have, are left out, as they are in scoring. Else
/// images are frame numbers and categories COCO's own ids where the model has COCO's classes, or the
/// index of the class.
struct COCOStage: Stage {
  static let name = "coco"
  static let summary = "writes the boxes that are scored as COCO results (--coco)"
  static let reads: SlotSet = [Slots.frame, Slots.scored]

  private struct Result: Encodable {
    let image: COCOID
    let category: COCOID
    let box: [Double]
    let score: Double

    private enum CodingKeys: String, CodingKey {
      case score
      case image = "image_id"
      case category = "category_id"
      case box = "bbox"
    }
  }

  private let file: OutputFile
  private let truth: Truth?
  /// nil for a class that the labels do not have.
  private let categories: [COCOID?]
  private let encoder: JSONEncoder
  private var isEmpty = true

  init(_ context: RunContext, _ options: Options) throws {
    guard let file = context.coco else {
      throw SplitpipeError(.bug, "coco takes part without an output")
    }
    self.file = file
    // Labels that are not COCO's have names for neither.
    truth = context.truth?.categories == nil ? nil : context.truth
    let names = context.model.whole.classNames
    let hasCOCOClasses = names == cocoClassNames
    let labelled = context.truth?.categories
    categories = names.indices.map { index in
      guard let known = labelled else {
        return COCOID(hasCOCOClasses ? cocoCategoryIDs[index] : index)
      }
      return known[index]
    }
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  static func takesPart(in context: RunContext) -> Bool { context.coco != nil }

  mutating func process(_ record: inout FrameRecord) async throws {
    guard let image = try image(of: record) else { return }
    for detection in record[Slots.scored] ?? [] {
      guard categories.indices.contains(detection.classIndex),
        let category = categories[detection.classIndex]
      else { continue }
      let box = ScoredBox(detection)
      let result = Result(
        image: image, category: category, box: [box.x, box.y, box.width, box.height],
        score: box.score)
      try file.append(
        (isEmpty ? "[" : ",\n") + String(decoding: encoder.encode(result), as: UTF8.self))
      isEmpty = false
    }
  }

  /// What the frame is called; nil where the labels do not list it.
  private func image(of record: FrameRecord) throws -> COCOID? {
    guard let truth else { return COCOID(record.stamp.index) }
    return try truth.imageID(
      ofFrame: record.stamp.index, fileName: record.require(Slots.frame).fileName)
  }

  mutating func finish() async throws { try file.finish(with: isEmpty ? "[]\n" : "]\n") }

  mutating func cancel() { file.cancel() }
}
