import SplitpipeCore
import SplitpipeDetection
import SplitpipeMedia

extension Dataset {
  /// Opens the images that a COCO file lists.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - request: what the user asks, with the folder of the images where it is not beside the file.
  ///   - classNames: the model's classes.
  ///   - notes: sentences on why this file.
  /// - Returns: the images that are there.
  /// - Throws: `missingInput` where the images are not found, and as `Truth.init`.
  static func coco(
    _ path: String, _ request: DatasetRequest, classNames: [String], notes: [String] = []
  ) throws -> Dataset {
    let truth = try Truth(path: path, classNames: classNames, options: request.labels)
    let folder = try imageFolder(of: path, truth, given: request.images)
    var notes = notes + truth.notes
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
    // A folder of more than this file's images is expected to hold others.
    let unlisted =
      folder.hasSuffix("/..")
      ? []
      : imageNames(among: try FileTree.names(under: folder))
        .filter { !listed.contains(FileTree.name($0)) }
    if !unlisted.isEmpty {
      notes.append(
        "\(counted(unlisted.count, "image")) in \"\(folder)\" not listed by \"\(path)\", left out: "
          + someNames(unlisted))
    }
    return Dataset(
      name: request.path, pictures: .images(images), truth: truth, notes: notes)
  }

  /// The folder of the images that a COCO file lists: `images` beside it, its own, or for
  /// `annotations/instances_val2017.json` the folder `val2017` above it or in `images` there.
  ///
  /// - Throws: `missingInput` where there is none.
  private static func imageFolder(
    of path: String, _ truth: Truth, given: String?
  ) throws -> String {
    let own = FileTree.folder(of: path)
    if let given {
      guard FileTree.isFolder(given) else {
        throw SplitpipeError(
          .missingInput,
          "there is no folder \"\(given)\" with the images of \"\(path)\"; name it with --images")
      }
      return given
    }
    let parent = own + "/.."
    let part = FileTree.stem(path).split(separator: "_", maxSplits: 1).last.map(String.init) ?? ""
    let candidates =
      [own + "/images", own, own + "/data"]
      + [parent + "/" + part, parent + "/images/" + part, parent + "/images", parent]
    let folders = candidates.filter(FileTree.isFolder)
    let sample = truth.labelledImages.prefix(50)
    let best = folders.first { folder in
      sample.contains {
        FileTree.exists(folder + "/" + $0.name)
          || FileTree.exists(folder + "/" + FileTree.name($0.name))
      }
    }
    guard let folder = best ?? folders.first(where: { $0 == own + "/images" }) else {
      throw SplitpipeError(
        .missingInput,
        "there is no folder \"\(own)/images\" with the images of \"\(path)\"; name it with --images"
      )
    }
    return folder
  }
}
