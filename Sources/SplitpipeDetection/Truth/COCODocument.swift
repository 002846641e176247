import SplitpipeCore

/// What splitpipe needs of a COCO `instances.json`.
struct COCODocument: Sendable, Decodable {
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
  struct Category: Sendable, Decodable {
    let id: Int
    let name: String
  }

  let images: [Image]
  let annotations: [Annotation]
  let categories: [Category]

  /// Reads a file.
  ///
  /// `area` may be missing (then it is the box's) and `iscrowd` and `id` too; all else is needed.
  ///
  /// - Throws: `badData` naming the element and the field, `missingInput` when there is no such file.
  init(path: String) throws {
    self = try LabelFile.json(path, as: "COCO labels") { try Self($0) }
  }

  init(_ bytes: [UInt8]) throws { self = try COCOFile.decode(Self.self, bytes) }
}

extension COCODocument.Image: Decodable {
  private enum Keys: String, CodingKey {
    case id, width, height
    case fileName = "file_name"
  }

  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Keys.self)
    let width = try keys.decodeIfPresent(Int.self, forKey: .width)
    let height = try keys.decodeIfPresent(Int.self, forKey: .height)
    id = try keys.decode(Int.self, forKey: .id)
    fileName = try keys.decodeIfPresent(String.self, forKey: .fileName)
    if let width, let height, width > 0, height > 0 {
      size = PixelSize(width: width, height: height)
    } else {
      size = nil
    }
  }
}

extension COCODocument.Annotation: Decodable {
  private enum Keys: String, CodingKey {
    case id, bbox, area, iscrowd
    case imageID = "image_id"
    case categoryID = "category_id"
  }

  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Keys.self)
    id = try keys.decodeIfPresent(Int.self, forKey: .id)
    imageID = try keys.decode(Int.self, forKey: .imageID)
    categoryID = try keys.decode(Int.self, forKey: .categoryID)
    box = try keys.decode(COCOBox.self, forKey: .bbox)
    area = try keys.decodeIfPresent(Double.self, forKey: .area) ?? box.width * box.height
    // Some writers say true and false.
    if let flag = try? keys.decodeIfPresent(Bool.self, forKey: .iscrowd) {
      isCrowd = flag
    } else {
      isCrowd = try keys.decodeIfPresent(Int.self, forKey: .iscrowd) ?? 0 != 0
    }
  }
}
