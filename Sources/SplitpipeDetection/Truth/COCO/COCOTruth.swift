import SplitpipeCore

/// Labels of a COCO file, by image.
struct COCOTruth: Sendable {
  private struct Entry {
    let id: COCOID
    let fileName: String?
    var size: PixelSize?
    var objects: [TruthObject] = []
  }
  private let path: String
  private var entries: [Entry] = []
  private var places: [COCOID: Int] = [:]
  /// Places by the file's last name component, and by that without extension in lower case; nil where
  /// two images share it.
  private var names: [String: Int?] = [:]
  private var stems: [String: Int?] = [:]
  /// Kept as it is until a frame of a video is asked for: for images, numbers mean nothing.
  private let numbering: Result<FrameNumbering, SplitpipeError>
  private(set) var notes: [String] = []
  /// By id; images without a name are left out.
  private(set) var images: [LabelledImage] = []
  /// The category of each of the model's classes that has one, the first where there are several.
  private(set) var categories: [Int: COCOID] = [:]

  init(path: String, classNames: [String], options: TruthOptions) throws {
    self.path = path
    let document = try COCODocument(path: path)
    let mapping = try CategoryMapping(
      document.categories, classNames: classNames, map: options.classMap, path: path)
    for category in document.categories {
      guard let index = mapping.classes[category.id], categories[index] == nil else { continue }
      categories[index] = category.id
    }
    for image in document.images {
      if let place = places[image.id] {
        // The same image once more, as files joined together have it, is no other.
        if entries[place].fileName == image.fileName { continue }
        throw SplitpipeError(
          .badData,
          "cannot use the labels \"\(path)\": two images have the id \(image.id); number them apart"
        )
      }
      places[image.id] = entries.count
      if let fileName = image.fileName {
        let name = ImageName.name(fileName)
        let stem = ImageName.stem(name).lowercased()
        names.updateValue(names[name] == nil ? entries.count : nil, forKey: name)
        stems.updateValue(stems[stem] == nil ? entries.count : nil, forKey: stem)
        images.append(
          LabelledImage(id: image.id, name: fileName, stem: ImageName.stem(name)))
      }
      entries.append(Entry(id: image.id, fileName: image.fileName, size: image.size))
    }
    images.sort { ($0.id ?? COCOID(0), $0.name) < ($1.id ?? COCOID(0), $1.name) }
    do throws(SplitpipeError) {
      let found = try FrameNumbering(
        entries.map { .init(id: $0.id.number, name: $0.fileName) }, video: options.video,
        first: options.firstFrame, labels: path)
      numbering = .success(found)
      if options.video != nil { notes += found.notes }
    } catch {
      guard options.video == nil else { throw error }
      numbering = .failure(error)
    }
    var (strangers, homeless, outside) = (0, 0, 0)
    for annotation in document.annotations {
      guard let classIndex = mapping.classes[annotation.categoryID] else {
        strangers += 1
        continue
      }
      guard let place = places[annotation.imageID] else {
        homeless += 1
        continue
      }
      let object = TruthObject(annotation, classIndex: classIndex)
      if let size = entries[place].size, object.leaves(size) { outside += 1 }
      entries[place].objects.append(object)
    }
    report(strangers, homeless, mapping.unknown)
    try report(outside: outside)
  }

  private mutating func report(_ strangers: Int, _ homeless: Int, _ unknown: [String]) {
    if strangers > 0 {
      notes.append(
        "\"\(path)\": \(strangers) objects of categories that the model does not know are left out"
          + (unknown.isEmpty ? "" : " (\(ClassName.list(unknown)))"))
    }
    if homeless > 0 {
      notes.append("\"\(path)\": \(homeless) objects of images that it does not list are left out")
    }
  }

  /// Boxes may end a little outside their picture; where most of them do, they are no boxes of COCO's.
  private mutating func report(outside: Int) throws(SplitpipeError) {
    guard outside > 0 else { return }
    let objects = entries.reduce(0) { $0 + $1.objects.count }
    let what =
      "\(outside) of \(objects) boxes reach outside their pictures; COCO's are left, top, width and "
      + "height in pixels, not two corners"
    guard outside * 2 <= objects else {
      throw SplitpipeError(.badData, "cannot use the labels \"\(path)\": \(what)")
    }
    notes.append("\"\(path)\": \(what)")
  }

  /// Frames of a video that are listed.
  var frames: [Int]? { try? numbering.get().frames }

  /// The objects of a frame; nil where the file does not list it.
  func objects(forFrame index: Int, fileName: String?, size: PixelSize) throws -> [TruthObject]? {
    guard let place = try place(ofFrame: index, fileName: fileName) else { return nil }
    let entry = entries[place]
    if let expected = entry.size, expected != size {
      throw SplitpipeError(
        .badData,
        "cannot use the labels \"\(path)\": it says image \(entry.id) is \(expected) pixels, but "
          + "\(fileName.map { "\"\($0)\"" } ?? "frame \(index)") is \(size); its boxes are for "
          + "other pixels")
    }
    return entry.objects
  }

  /// The id of the image that a frame is; nil where the file does not list it.
  func id(ofFrame index: Int, fileName: String?) throws -> COCOID? {
    try place(ofFrame: index, fileName: fileName).map { entries[$0].id }
  }

  private func place(ofFrame index: Int, fileName: String?) throws -> Int? {
    guard let fileName else { return try numbering.get().items[index] }
    let name = ImageName.name(fileName)
    if let known = names[name] {
      guard let unique = known else {
        throw SplitpipeError(
          .badData,
          "cannot use the labels \"\(path)\": it lists more than one image called \"\(fileName)\"")
      }
      return unique
    }
    // The same picture in another format.
    return stems[ImageName.stem(name).lowercased()] ?? nil
  }
}
