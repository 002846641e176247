import SplitpipeCore

/// A COCO results file: what a detector found, box by box.
struct COCOResults: Sendable {
  struct Entry: Sendable, Decodable {
    let imageID: Int
    let categoryID: Int
    let box: COCOBox
    let score: Double

    private enum CodingKeys: String, CodingKey {
      case score
      case imageID = "image_id"
      case categoryID = "category_id"
      case box = "bbox"
    }
  }

  /// In the order of the file, which decides between equal scores.
  let entries: [Entry]

  /// Reads a file.
  ///
  /// - Throws: `badData` naming the result and the field, `missingInput` when there is no such file.
  init(path: String) throws {
    do {
      entries = try COCOFile.decode([Entry].self, InputFile.bytes(path), elements: "result")
    } catch let error as SplitpipeError where error.kind == .badData {
      throw error.about("cannot read \"\(path)\" as COCO results")
    }
  }
}
