import SplitpipeCore

/// What splitpipe needs of a COCO `instances.json`.
struct COCODocument: Sendable, Decodable {
  struct Image: Sendable {
    let id: COCOID
    let fileName: String?
    /// nil where the file does not say it.
    let size: PixelSize?
  }
  struct Annotation: Sendable {
    /// nil where the file does not say it.
    let id: COCOID?
    let imageID: COCOID
    let categoryID: COCOID
    let box: COCOBox
    let area: Double
    let isCrowd: Bool
  }
  struct Category: Sendable, Decodable {
    let id: COCOID
    let name: String
  }

  let images: [Image]
  let annotations: [Annotation]
  let categories: [Category]

  /// Reads a file.
  ///
  /// `area` may be missing (then it is the box's) and `iscrowd` and `id` too, and `bbox` where there
  /// is an outline; all else is needed.
  ///
  /// - Throws: `badData` naming the element and the field, `missingInput` when there is no such file.
  init(path: String) throws {
    self = try LabelFile.json(path, as: "COCO labels") { try Self($0) }
  }

  init(_ bytes: [UInt8]) throws {
    self = try COCOFile.decode(Self.self, bytes)
    for (number, annotation) in annotations.enumerated() where !annotation.isFinite {
      throw COCOFile.notFinite("annotation", number)
    }
  }
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
    id = try keys.decode(COCOID.self, forKey: .id)
    fileName = try keys.decodeIfPresent(String.self, forKey: .fileName)
    if let width, let height, width > 0, height > 0 {
      size = PixelSize(width: width, height: height)
    } else {
      size = nil
    }
  }
}

extension COCODocument.Annotation: Decodable {
  fileprivate var isFinite: Bool { box.isFinite && area.isFinite }

  private enum Keys: String, CodingKey {
    case id, bbox, area, iscrowd, segmentation
    case imageID = "image_id"
    case categoryID = "category_id"
  }

  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Keys.self)
    id = try keys.decodeIfPresent(COCOID.self, forKey: .id)
    imageID = try keys.decode(COCOID.self, forKey: .imageID)
    categoryID = try keys.decode(COCOID.self, forKey: .categoryID)
    if !keys.contains(.bbox), keys.contains(.segmentation) {
      box = try keys.decode(COCOOutline.self, forKey: .segmentation).box
    } else {
      box = try keys.decode(COCOBox.self, forKey: .bbox)
    }
    area = try keys.decodeIfPresent(Double.self, forKey: .area) ?? box.width * box.height
    // Some writers say true and false.
    if let flag = try? keys.decodeIfPresent(Bool.self, forKey: .iscrowd) {
      isCrowd = flag
    } else {
      isCrowd = try keys.decodeIfPresent(Int.self, forKey: .iscrowd) ?? 0 != 0
    }
  }
}
