import SplitpipeArchive
import SplitpipeCore
import SplitpipeFiles
import SplitpipeMedia

extension Dataset {
  /// Opens pictures labelled with classes that lie in files of the form of MNIST.
  ///
  /// - Parameters:
  ///   - path: the file of pictures; that of labels lies beside it.
  ///   - truth: the file of labels, where it lies elsewhere.
  ///   - name: what the user called the dataset.
  ///   - classCount: classes that the model tells apart.
  /// - Returns: with every picture in memory.
  /// - Throws: `missingInput` for what is not there, `badData` for what does not fit.
  static func idx(
    _ path: String, truth: String?, name: String, classCount: Int
  ) throws -> Dataset {
    guard let labelPath = truth ?? IDXFile.labels(of: path) else {
      throw SplitpipeError(
        .missingInput,
        "there are no labels beside \"\(path)\" (labels-idx1-ubyte); name their file with --truth")
    }
    let pictures = try IDXFile(path, rank: 3)
    let labels = try IDXFile(labelPath, rank: 1).labels
    guard labels.count == pictures.extents[0] else {
      throw SplitpipeError(
        .badData,
        "\"\(path)\" has \(counted(pictures.extents[0], "picture")), \"\(labelPath)\" "
          + "\(counted(labels.count, "label")); give files that belong together")
    }
    if let wrong = labels.first(where: { $0 >= classCount }) {
      throw SplitpipeError(
        .badData,
        "\"\(labelPath)\" has the class \(wrong), but the model's classes are 0 to \(classCount - 1)"
      )
    }
    let images = labels.enumerated().map { number, label in
      Image(
        path: "\(path)#\(number)", number: number, classIndex: label,
        content: pictures.picture(number))
    }
    return Dataset(name: name, pictures: .images(images), truth: nil, notes: [])
  }

  /// Opens an archive with a folder per class.
  ///
  /// - Throws: as `classFolders`; `badData` where it is no archive.
  static func classArchive(
    _ path: String, classNames: [String], classCount: Int
  ) throws -> Dataset {
    let archive = Archive(path)
    let layout = try ClassFolders(
      imageNames(among: try archive.names()), of: path, classNames: classNames,
      classCount: classCount)
    var contents: [String: [UInt8]] = [:]
    let wanted = Set(layout.images.map(\.name))
    for file in try archive.files(where: wanted.contains) { contents[file.name] = file.bytes }
    let images = layout.images.enumerated().map { number, image in
      Image(
        path: path + "/" + image.name, number: number, classIndex: image.classIndex,
        content: contents[image.name])
    }
    return Dataset(name: path, pictures: .images(images), truth: nil, notes: layout.notes)
  }
}

extension Dataset.Image {
  /// Decodes the picture.
  ///
  /// - Throws: `missingInput` where there is no such file, `badData` where it is no whole picture.
  func read() throws -> Frame {
    guard let content else { return try readImage(path: path, number: number) }
    return try readImage(content, path: path, number: number)
  }
}
