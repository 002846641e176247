import SplitpipeArchive
import SplitpipeCore
import SplitpipeMedia

extension Dataset {
  /// Opens pictures labelled with classes: a CSV of file names and class numbers (or a folder that
  /// holds one, `labels.csv`), a folder or an archive with a folder per class (`ClassFolders`), or files in
  /// the form of MNIST.
  ///
  /// - Throws: `missingInput` for what is not there, `badData` for labels that cannot be used.
  static func classes(
    _ request: DatasetRequest, classNames: [String], classCount: Int
  ) throws -> Dataset {
    let path = request.path
    guard FileTree.exists(path) else {
      throw SplitpipeError(
        .missingInput, "cannot open the dataset \"\(path)\": no such file or folder")
    }
    if let pictures = try idxPictures(path) {
      return try idx(pictures, truth: request.truth, name: path, classCount: classCount)
    }
    if !FileTree.isFolder(path), Archive.isArchive(name: path) {
      return try classArchive(path, classNames: classNames, classCount: classCount)
    }
    let table = FileTree.isFolder(path) ? path + "/labels.csv" : path
    if FileTree.isFolder(path), !FileTree.exists(table) {
      return try classFolders(path, classNames: classNames, classCount: classCount)
    }
    guard table.lowercased().hasSuffix(".csv") else {
      throw SplitpipeError(
        .usage,
        "the model is a classifier, but \"\(path)\" is neither a folder with a folder per class nor "
          + "an archive of such, a .csv of file names and class numbers, or pictures in the form of MNIST "
          + "(images-idx3-ubyte)")
    }
    return try classTable(
      table, images: request.images, name: path, classNames: classNames, classCount: classCount)
  }

  /// The file of pictures in the form of MNIST that a path means; nil for anything else.
  private static func idxPictures(_ path: String) throws -> String? {
    guard FileTree.isFolder(path) else {
      return IDXFile.holdsPictures(name: FileTree.name(path)) ? path : nil
    }
    return FileTree.exists(path + "/labels.csv") ? nil : try IDXFile.pictures(in: path)
  }

  private static func classTable(
    _ path: String, images folder: String?, name: String, classNames: [String], classCount: Int
  ) throws -> Dataset {
    let folder = folder ?? FileTree.folder(of: path) + "/images"
    guard FileTree.isFolder(folder) else {
      throw SplitpipeError(
        .missingInput,
        "there is no folder \"\(folder)\" with the images of \"\(path)\"; name it with --images")
    }
    var images: [Image] = []
    var absent: [String] = []
    let lines = try FileTree.text(path).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        .map { String($0).trimmed }
      if fields.allSatisfy(\.isEmpty) { continue }
      guard fields.count >= 2 else {
        throw SplitpipeError(
          .badData,
          "cannot read \"\(path)\": line \(index + 1) has \(fields.count) field, expected a file "
            + "name and a class, separated by a comma")
      }
      guard let label = classIndex(fields[1], classNames) else {
        // The first line may name the columns.
        if index == 0 { continue }
        throw SplitpipeError(
          .badData,
          "cannot read \"\(path)\": line \(index + 1) has the class \"\(fields[1])\", expected a "
            + "number from 0 or a class name of the model")
      }
      guard (0..<classCount).contains(label) else {
        throw SplitpipeError(
          .badData,
          "cannot read \"\(path)\": line \(index + 1) has the class \(label), but the model's "
            + "classes are 0 to \(classCount - 1)")
      }
      let file = folder + "/" + fields[0]
      if FileTree.exists(file) {
        images.append(Image(path: file, number: images.count, classIndex: label))
      } else {
        absent.append(fields[0])
      }
    }
    guard !images.isEmpty else {
      throw SplitpipeError(
        .missingInput,
        "none of the \(absent.count) images that \"\(path)\" lists is in \"\(folder)\"; name the "
          + "right folder with --images")
    }
    let notes =
      absent.isEmpty
      ? []
      : [
        "\(counted(absent.count, "image")) listed by \"\(path)\" but not in \"\(folder)\", left out: "
          + someNames(absent)
      ]
    return Dataset(name: name, pictures: .images(images), truth: nil, notes: notes)
  }

  private static func classFolders(
    _ path: String, classNames: [String], classCount: Int
  ) throws -> Dataset {
    let layout = try ClassFolders(
      imageNames(among: try FileTree.names(under: path)), of: path, classNames: classNames,
      classCount: classCount)
    let images = layout.images.enumerated().map { number, image in
      Image(path: path + "/" + image.name, number: number, classIndex: image.classIndex)
    }
    return Dataset(name: path, pictures: .images(images), truth: nil, notes: layout.notes)
  }

  /// A class by its number, or by its name among the model's.
  static func classIndex(_ text: String, _ classNames: [String]) -> Int? {
    Int(text) ?? classNames.firstIndex(of: text)
  }
}
