import SplitpipeCore

/// A COCO results file: what a detector found, box by box.
struct COCOResults: Sendable {
  struct Entry: Sendable, Decodable {
    let imageID: COCOID
    let categoryID: COCOID
    let box: COCOBox
    let score: Double

    private enum CodingKeys: String, CodingKey {
      case score
      case imageID = "image_id"
      case categoryID = "category_id"
      case box = "bbox"
    }
  }

  /// The form of some programs: the list under a name, beside other things.
  private struct Document: Decodable {
    let annotations: [Entry]
  }

  /// In the order of the file, which decides between equal scores.
  let entries: [Entry]

  init(entries: [Entry]) { self.entries = entries }

  /// Reads a list of entries, or one under `annotations`.
  ///
  /// - Throws: `badData` naming the result and the field.
  init(_ bytes: [UInt8]) throws {
    let isDocument = LabelText.firstSign(bytes) == UInt8(ascii: "{")
    entries =
      isDocument
      ? try COCOFile.decode(Document.self, bytes).annotations
      : try COCOFile.decode([Entry].self, bytes, elements: "result")
    for (number, entry) in entries.enumerated()
    where !entry.box.isFinite || !entry.score.isFinite {
      throw COCOFile.notFinite(isDocument ? "annotation" : "result", number)
    }
  }
}
