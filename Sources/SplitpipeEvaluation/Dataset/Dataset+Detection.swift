import SplitpipeCore
import SplitpipeDetection
import SplitpipeMedia

extension Dataset {
  /// Opens pictures labelled with boxes: a folder with `images/` and `labels/`, a COCO file with its
  /// image folder, or a video with labels. Without labels, a video or a folder of nothing but images
  /// is scored against the boxes of the unsplit model.
  ///
  /// - Throws: `missingInput` for what is not there, `badData` for labels that cannot be used.
  static func detection(_ request: EvaluationRequest, classNames: [String]) throws -> Dataset {
    let path = request.dataset
    guard FileTree.exists(path) || path.contains("://") else {
      throw SplitpipeError(
        .missingInput, "cannot open the dataset \"\(path)\": no such file or folder")
    }
    if FileTree.isFolder(path) {
      if let truth = request.truth {
        return try labelled(folder: path, truth: truth, classNames: classNames)
      }
      return try bare(folder: path) ?? yolo(folder: path, classNames: classNames)
    }
    if path.lowercased().hasSuffix(".json") {
      return try coco(path, images: request.images, classNames: classNames)
    }
    guard let truth = request.truth else {
      return Dataset(
        name: redacted(path), pictures: .video(path), truth: nil,
        notes: [unsplitNote(redacted(path))])
    }
    let labels = try Truth(path: truth, classNames: classNames)
    return Dataset(
      name: redacted(path), pictures: .video(path), truth: labels, notes: labels.notes)
  }

  private static func yolo(folder: String, classNames: [String]) throws -> Dataset {
    let (images, labels) = (folder + "/images", folder + "/labels")
    guard FileTree.isFolder(images), FileTree.isFolder(labels) else {
      let missing = FileTree.isFolder(images) ? "labels" : "images"
      throw SplitpipeError(
        .missingInput,
        "the dataset \"\(folder)\" has no folder \"\(missing)\": expected images/ and labels/ with "
          + "YOLO text; for COCO labels give the .json file with --images")
    }
    let truth = try Truth(path: labels, classNames: classNames)
    let names = imageNames(among: try FileTree.names(under: images))
    guard !names.isEmpty else {
      throw SplitpipeError(.missingInput, "the folder \"\(images)\" holds no image")
    }
    var notes = truth.notes
    let stems = Set(names.map(FileTree.stem))
    let labelled = truth.labelledImages
    let homeless = labelled.filter { !stems.contains($0.stem) }.map(\.name)
    if !homeless.isEmpty {
      notes.append(
        "\(counted(homeless.count, "label file")) without an image in \"\(images)\", left out: "
          + "\(someNames(homeless)); add the images or remove the files")
    }
    let known = Set(labelled.map(\.stem))
    let bare = names.filter { !known.contains(FileTree.stem($0)) }
    if !bare.isEmpty {
      notes.append(
        "\(counted(bare.count, "image")) without a label file in \"\(labels)\", taken as without "
          + "objects: \(someNames(bare)); add label files if they show any")
    }
    guard bare.count < names.count else {
      throw SplitpipeError(
        .badData,
        "no image of \"\(images)\" has a label file in \"\(labels)\": the image \"\(names[0])\" "
          + "wants \"\(FileTree.stem(names[0])).txt\"; rename the label files after the images")
    }
    return Dataset(
      name: folder,
      pictures: .images(
        names.enumerated().map { Image(path: images + "/" + $1, number: $0) }),
      truth: truth, notes: notes)
  }

  private static func coco(
    _ path: String, images folder: String?, classNames: [String]
  ) throws -> Dataset {
    let folder = folder ?? FileTree.folder(of: path) + "/images"
    guard FileTree.isFolder(folder) else {
      throw SplitpipeError(
        .missingInput,
        "there is no folder \"\(folder)\" with the images of \"\(path)\"; name it with --images")
    }
    let truth = try Truth(path: path, classNames: classNames)
    var notes = truth.notes
    var images: [Image] = []
    var absent: [String] = []
    for image in truth.labelledImages {
      let candidates = [folder + "/" + image.name, folder + "/" + FileTree.name(image.name)]
      if let found = candidates.first(where: { FileTree.exists($0) }) {
        images.append(Image(path: found, number: images.count))
      } else {
        absent.append(image.name)
      }
    }
    guard !images.isEmpty else {
      throw SplitpipeError(
        .missingInput,
        "none of the \(absent.count) images that \"\(path)\" lists is in \"\(folder)\" (the first "
          + "is \"\(absent.first ?? "")\"); name the right folder with --images")
    }
    if !absent.isEmpty {
      notes.append(
        "\(counted(absent.count, "image")) listed by \"\(path)\" but not in \"\(folder)\", left out: "
          + someNames(absent))
    }
    let listed = Set(images.map { FileTree.name($0.path) })
    let unlisted = imageNames(among: try FileTree.names(under: folder))
      .filter { !listed.contains(FileTree.name($0)) }
    if !unlisted.isEmpty {
      notes.append(
        "\(counted(unlisted.count, "image")) in \"\(folder)\" not listed by \"\(path)\", left out: "
          + someNames(unlisted))
    }
    return Dataset(name: path, pictures: .images(images), truth: truth, notes: notes)
  }
}
