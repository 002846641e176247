import SplitpipeCore
import SplitpipeDetection
import SplitpipeFiles
import SplitpipeMedia

extension Dataset {
  /// Pictures with the label files that were found for them.
  struct YOLOPictures {
    /// By path, in the order of the dataset.
    var pictures: [String]
    /// Label files by picture.
    var labels: [String: String] = [:]
    /// What sentences call the place of the pictures.
    var place: String
    /// Sentences on what was chosen.
    var notes: [String] = []

    /// Looks for the label file of each picture.
    init(_ pictures: [String], place: String) {
      self.pictures = pictures
      self.place = place
      var finder = LabelFinder()
      for picture in pictures { labels[picture] = finder.labels(of: picture) }
      if labels.isEmpty { findByName(&finder) }
    }

    /// Labels in folders of another order than the pictures', by names alone.
    private mutating func findByName(_ finder: inout LabelFinder) {
      guard let root = finder.counterpart(of: place),
        let found = try? filesUnderFolder(root)
      else { return }
      let texts = found.filter { $0.lowercased().hasSuffix(".txt") }
      let places = Dictionary(texts.map { (FileTree.stem($0), $0) }) { first, _ in first }
      for picture in pictures {
        labels[picture] = places[FileTree.stem(picture)].map { root + "/" + $0 }
      }
    }

    /// The folders that label files were found in.
    var labelFolders: [String] { labels.values.map(FileTree.folder).uniqued().sorted() }
  }

  /// Makes a dataset of pictures, each with its label file or counted as without objects.
  ///
  /// - Parameters:
  ///   - found: the pictures; at least one has labels.
  ///   - request: what the user asks.
  ///   - classNames: the model's classes.
  ///   - classList: what the labels' classes are called, where the user named the file that says it.
  ///   - isWhole: whether label files without a picture are to be told of; a list of pictures leaves
  ///     others out on purpose.
  /// - Returns: the dataset.
  /// - Throws: as `Truth.init`.
  static func yolo(
    _ found: YOLOPictures, _ request: DatasetRequest, classNames: [String],
    classList: ClassList? = nil, isWhole: Bool
  ) throws -> Dataset {
    var options = request.labels
    options.classList = classList ?? options.classList
    let files = found.pictures.compactMap { found.labels[$0] }
    let folders = found.labelFolders
    let truth = try Truth(
      labelFiles: files.uniqued(), path: request.path,
      listFolders: folders.prefix(8).flatMap { ClassList.folders(around: $0) }.uniqued(),
      classNames: classNames, options: options)
    var notes = found.notes + truth.notes
    if isWhole {
      let used = Set(files)
      let homeless = try folders.flatMap { folder in
        try namesInFolder(folder).filter { name in
          !name.hasPrefix(".") && name.lowercased().hasSuffix(".txt")
            && !used.contains(folder + "/" + name) && Truth.isLabelFile(name, in: folder)
        }.map { folder + "/" + $0 }
      }.sorted()
      if !homeless.isEmpty {
        notes.append(
          "\(counted(homeless.count, "label file")) without an image in \"\(found.place)\", left out: "
            + "\(someNames(homeless)); add the images or remove the files")
      }
    }
    let bare = found.pictures.filter { found.labels[$0] == nil }
    if !bare.isEmpty {
      notes.append(
        "\(counted(bare.count, "image")) without a label file, taken as without objects: "
          + "\(someNames(bare)); add label files if they show any")
    }
    return Dataset(
      name: request.path,
      pictures: .images(
        found.pictures.enumerated().map {
          Image(path: $1, number: $0, labels: found.labels[$1])
        }),
      truth: truth, notes: notes, hasLabelFiles: true)
  }
}
