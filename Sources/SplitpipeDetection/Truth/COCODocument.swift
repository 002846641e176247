import SplitpipeCore

/// What splitpipe needs of a COCO `instances.json`.
struct COCODocument: Sendable {
  struct Image: Sendable {
    let id: Int
    let fileName: String?
    /// nil where the file does not say it.
    let size: PixelSize?
  }
  struct Annotation: Sendable {
    /// nil where the file does not say it.
    let id: Int?
    let imageID: Int
    let categoryID: Int
    let box: COCOBox
    let area: Double
    let isCrowd: Bool
  }
  struct Category: Sendable {
    let id: Int
    let name: String
  }

  private(set) var images: [Image] = []
  private(set) var annotations: [Annotation] = []
  private(set) var categories: [Category] = []

  /// Reads a file.
  ///
  /// `area` may be missing (then it is the box's) and `iscrowd` and `id` too; all else is needed.
  ///
  /// - Throws: `badData` naming the line and the field, `missingInput` when there is no such file.
  init(path: String) throws {
    self = try LabelFile.json(path, as: "COCO labels") { try Self($0) }
  }

  init(_ scanner: consuming JSONScanner) throws {
    var missing: Set = ["images", "annotations", "categories"]
    try scanner.object("an object with images, annotations and categories") { scanner, key in
      missing.remove(key)
      switch key {
      case "images":
        try scanner.array("a list of images") { scanner, index in
          images.append(try Image(&scanner, index))
        }
      case "annotations":
        try scanner.array("a list of annotations") { scanner, index in
          annotations.append(try Annotation(&scanner, index))
        }
      case "categories":
        try scanner.array("a list of categories") { scanner, index in
          categories.append(try Category(&scanner, index))
        }
      default: try scanner.skip()
      }
    }
    try scanner.end()
    if let name = missing.min() {
      throw SplitpipeError(.badData, "the file has no \"\(name)\"")
    }
  }
}

/// A box as COCO files state it: left, top, width, height in pixels.
struct COCOBox: Sendable {
  var x, y, width, height: Double

  init(_ scanner: inout JSONScanner) throws {
    var values = SIMD4<Double>()
    var count = 0
    try scanner.array("\"bbox\", a list of 4 numbers") { scanner, index in
      let value = try scanner.number("\"bbox\"")
      if index < 4 { values[index] = value }
      count += 1
    }
    guard count == 4 else { throw scanner.failure("expected 4 numbers in \"bbox\", not \(count)") }
    (x, y, width, height) = (values[0], values[1], values[2], values[3])
  }
}

extension COCODocument.Image {
  fileprivate init(_ scanner: inout JSONScanner, _ index: Int) throws {
    var (id, width, height): (Int?, Int?, Int?) = (nil, nil, nil)
    var name: String?
    try scanner.object("an image") { scanner, key in
      switch key {
      case "id": id = try scanner.integer("an image's \"id\"")
      case "file_name": name = scanner.takeNull() ? nil : try scanner.string("\"file_name\"")
      case "width": width = scanner.takeNull() ? nil : try scanner.integer("\"width\"")
      case "height": height = scanner.takeNull() ? nil : try scanner.integer("\"height\"")
      default: try scanner.skip()
      }
    }
    var size: PixelSize?
    if let width, let height, width > 0, height > 0 {
      size = PixelSize(width: width, height: height)
    }
    self.init(
      id: try scanner.need(id, "id", of: "image \(index)"), fileName: name, size: size)
  }
}

extension COCODocument.Annotation {
  fileprivate init(_ scanner: inout JSONScanner, _ index: Int) throws {
    var (id, imageID, categoryID): (Int?, Int?, Int?) = (nil, nil, nil)
    var box: COCOBox?
    var area: Double?
    var isCrowd = false
    try scanner.object("an annotation") { scanner, key in
      switch key {
      case "id": id = try scanner.integer("an annotation's \"id\"")
      case "image_id": imageID = try scanner.integer("\"image_id\"")
      case "category_id": categoryID = try scanner.integer("\"category_id\"")
      case "bbox": box = try COCOBox(&scanner)
      case "area": area = try scanner.number("\"area\"")
      case "iscrowd": isCrowd = try scanner.flag("\"iscrowd\"")
      default: try scanner.skip()
      }
    }
    let name = "annotation \(index)"
    let known = try scanner.need(box, "bbox", of: name)
    self.init(
      id: id, imageID: try scanner.need(imageID, "image_id", of: name),
      categoryID: try scanner.need(categoryID, "category_id", of: name), box: known,
      area: area ?? known.width * known.height, isCrowd: isCrowd)
  }
}

extension COCODocument.Category {
  fileprivate init(_ scanner: inout JSONScanner, _ index: Int) throws {
    var id: Int?
    var name: String?
    try scanner.object("a category") { scanner, key in
      switch key {
      case "id": id = try scanner.integer("a category's \"id\"")
      case "name": name = try scanner.string("a category's \"name\"")
      default: try scanner.skip()
      }
    }
    let what = "category \(index)"
    self.init(
      id: try scanner.need(id, "id", of: what), name: try scanner.need(name, "name", of: what))
  }
}

extension JSONScanner {
  /// Unwraps a field that must be there.
  func need<Value>(
    _ value: Value?, _ field: String, of what: @autoclosure () -> String
  ) throws -> Value {
    guard let value else {
      throw SplitpipeError(
        .badData, "\(what()) (counted from 0, ending in line \(line)) has no \"\(field)\"")
    }
    return value
  }
}
