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
    entries = try LabelFile.json(path, as: "COCO results") {
      try COCOFile.decode([Entry].self, $0, elements: "result")
    }
  }
}
