import SplitpipeCore

/// A COCO results file: what a detector found, box by box.
struct COCOResults: Sendable {
  struct Entry: Sendable {
    let imageID: Int
    let categoryID: Int
    let box: COCOBox
    let score: Double
  }

  /// In the order of the file, which decides between equal scores.
  private(set) var entries: [Entry] = []

  /// Reads a file.
  ///
  /// - Throws: `badData` naming the line and the field, `missingInput` when there is no such file.
  init(path: String) throws {
    self = try LabelFile.json(path, as: "COCO results") { try Self($0) }
  }

  init(_ scanner: consuming JSONScanner) throws {
    try scanner.array("a list of results") { scanner, index in
      entries.append(try Entry(&scanner, index))
    }
    try scanner.end()
  }
}

extension COCOResults.Entry {
  fileprivate init(_ scanner: inout JSONScanner, _ index: Int) throws {
    var (imageID, categoryID): (Int?, Int?) = (nil, nil)
    var box: COCOBox?
    var score: Double?
    try scanner.object("a result, {\"image_id\", \"category_id\", \"bbox\", \"score\"}") {
      scanner, key in
      switch key {
      case "image_id": imageID = try scanner.integer("\"image_id\"")
      case "category_id": categoryID = try scanner.integer("\"category_id\"")
      case "bbox": box = try COCOBox(&scanner)
      case "score": score = try scanner.number("\"score\"")
      default: try scanner.skip()
      }
    }
    let name = "result \(index)"
    self.init(
      imageID: try scanner.need(imageID, "image_id", of: name),
      categoryID: try scanner.need(categoryID, "category_id", of: name),
      box: try scanner.need(box, "bbox", of: name),
      score: try scanner.need(score, "score", of: name))
  }
}
