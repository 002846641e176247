import SplitpipeCore

/// Labels of a COCO file, by image.
struct COCOTruth: Sendable {
  private struct Entry {
    var size: PixelSize?
    var objects: [TruthObject] = []
  }
  private let path: String
  private var entries: [Int: Entry] = [:]
  /// Image ids by the file's last name component; nil where two images share it.
  private var ids: [String: Int?] = [:]
  private(set) var notes: [String] = []
  /// By id; images without a name are left out.
  private(set) var images: [LabelledImage] = []

  init(path: String, classNames: [String]) throws {
    self.path = path
    let document = try COCODocument(path: path)
    let mapping = try CategoryMapping(document.categories, classNames: classNames, path: path)
    for image in document.images {
      entries[image.id] = Entry(size: image.size)
      guard let fileName = image.fileName else { continue }
      let name = ImageName.name(fileName)
      images.append(LabelledImage(id: image.id, name: fileName, stem: ImageName.stem(name)))
      ids.updateValue(ids[name] == nil ? image.id : nil, forKey: name)
    }
    images.sort { ($0.id ?? 0, $0.name) < ($1.id ?? 0, $1.name) }
    var (strangers, homeless) = (0, 0)
    for annotation in document.annotations {
      guard let classIndex = mapping.classes[annotation.categoryID] else {
        strangers += 1
        continue
      }
      if entries[annotation.imageID] == nil { homeless += 1 }
      entries[annotation.imageID]?.objects.append(
        TruthObject(annotation, classIndex: classIndex))
    }
    report(strangers, homeless, mapping.unknown)
  }

  private mutating func report(_ strangers: Int, _ homeless: Int, _ unknown: [String]) {
    if strangers > 0 {
      let names = unknown.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
      notes.append(
        "\"\(path)\": \(strangers) objects of categories that the model does not know are left out"
          + (names.isEmpty ? "" : " (\(names)\(unknown.count > 5 ? ", …" : ""))"))
    }
    if homeless > 0 {
      notes.append("\"\(path)\": \(homeless) objects of images that it does not list are left out")
    }
  }

  /// The objects of a frame; nil where the file does not list it.
  func objects(forFrame index: Int, fileName: String?, size: PixelSize) throws -> [TruthObject]? {
    var id = index
    if let fileName {
      guard let known = ids[ImageName.name(fileName)] else { return nil }
      guard let unique = known else {
        throw SplitpipeError(
          .badData,
          "cannot use the labels \"\(path)\": it lists more than one image called \"\(fileName)\"")
      }
      id = unique
    }
    guard let entry = entries[id] else { return nil }
    if let expected = entry.size, expected != size {
      throw SplitpipeError(
        .badData,
        "cannot use the labels \"\(path)\": it says image \(id) is \(expected) pixels, but "
          + "\(fileName.map { "\"\($0)\"" } ?? "frame \(index)") is \(size); its boxes are for "
          + "other pixels")
    }
    return entry.objects
  }
}
