import SplitpipeCore
import SplitpipeMedia

extension Dataset {
  /// Opens pictures labelled with classes: a CSV of file names and class numbers (or a folder that
  /// holds one, `labels.csv`), or a folder with a folder per class.
  ///
  /// A folder per class is a class number, a name of the model's, or, where all are neither, the
  /// place of its name in alphabetical order among as many folders as the model has classes.
  ///
  /// - Throws: `missingInput` for what is not there, `badData` for labels that cannot be used.
  static func classes(
    _ request: EvaluationRequest, classNames: [String], classCount: Int
  ) throws -> Dataset {
    let path = request.dataset
    guard FileTree.exists(path) else {
      throw SplitpipeError(
        .missingInput, "cannot open the dataset \"\(path)\": no such file or folder")
    }
    let table = FileTree.isFolder(path) ? path + "/labels.csv" : path
    if FileTree.isFolder(path), !FileTree.exists(table) {
      return try classFolders(path, classNames: classNames, classCount: classCount)
    }
    guard table.lowercased().hasSuffix(".csv") else {
      throw SplitpipeError(
        .usage,
        "the model is a classifier, but \"\(path)\" is neither a folder with a folder per class nor "
          + "a .csv of file names and class numbers")
    }
    return try classTable(
      table, images: request.images, name: path, classNames: classNames, classCount: classCount)
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
    let names = imageNames(among: try FileTree.names(under: path))
    let loose = names.filter { !$0.contains("/") }
    let inside = names.filter { $0.contains("/") }
    let folders = Set(inside.compactMap { $0.split(separator: "/").first.map(String.init) })
      .sorted()
    guard !folders.isEmpty else {
      throw SplitpipeError(
        .missingInput,
        "the dataset \"\(path)\" holds neither labels.csv nor folders with images, one per class")
    }
    var classes: [String: Int] = [:]
    for folder in folders { classes[folder] = classIndex(folder, classNames) }
    if classes.isEmpty, folders.count == classCount {
      for (index, folder) in folders.enumerated() { classes[folder] = index }
    }
    if let stranger = folders.first(where: { classes[$0] == nil }) {
      throw SplitpipeError(
        .badData,
        "the folder \"\(stranger)\" of \"\(path)\" is neither a class number nor a class name of "
          + "the model; name each folder by its class number, 0 to \(classCount - 1)")
    }
    if let wrong = folders.first(where: { !(0..<classCount).contains(classes[$0] ?? -1) }) {
      throw SplitpipeError(
        .badData,
        "the folder \"\(wrong)\" of \"\(path)\" is no class of the model, whose classes are 0 to "
          + "\(classCount - 1)")
    }
    let images = inside.enumerated().map { number, name in
      Image(
        path: path + "/" + name, number: number,
        classIndex: name.split(separator: "/").first.flatMap { classes[String($0)] })
    }
    let notes =
      loose.isEmpty
      ? []
      : ["\(counted(loose.count, "image")) in no class folder, left out: \(someNames(loose))"]
    return Dataset(name: path, pictures: .images(images), truth: nil, notes: notes)
  }

  private static func classIndex(_ text: String, _ classNames: [String]) -> Int? {
    Int(text) ?? classNames.firstIndex(of: text)
  }
}
