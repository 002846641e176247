import SplitpipeCore

/// Pictures in folders that stand for classes.
///
/// A folder per class is a class number, a name of the model's, or, where all are neither, the place of its
/// name in alphabetical order among as many folders as the model has classes. Folders around all of them are
/// passed through; of parts such as `train` and `val` the one that is for validation is used.
struct ClassFolders {
  struct Image {
    /// Of the file, from where the names begin.
    let name: String
    let classIndex: Int
  }

  let images: [Image]
  private(set) var notes: [String] = []

  /// - Parameters:
  ///   - names: of picture files, with slashes.
  ///   - path: what they lie in.
  ///   - classNames: the model's, if it says.
  ///   - classCount: classes that it tells apart.
  /// - Throws: `missingInput` where there are no folders, `badData` for one that is no class.
  init(
    _ names: [String], of path: String, classNames: [String], classCount: Int
  ) throws {
    var prefix = ""
    var inside = names
    func firsts() -> Set<String> {
      Set(inside.filter { $0.contains("/") }.compactMap { Self.first(of: $0) })
    }
    /// Whether pictures lie in folders of their own below these.
    func isAround(_ folder: String) -> Bool {
      inside.allSatisfy { Self.first(of: $0) != folder || $0.split(separator: "/").count > 2 }
    }
    func enter(_ folder: String) {
      prefix += folder + "/"
      inside = inside.filter { $0.hasPrefix(folder + "/") }.map {
        String($0.dropFirst(folder.count + 1))
      }
    }
    while true {
      let folders = firsts()
      let parts = folders.compactMap { name in
        DatasetPart.Kind(folder: name).map { (name: name, kind: $0) }
      }.filter { isAround($0.name) }.sorted { ($0.kind, $0.name) < ($1.kind, $1.name) }
      if parts.count == folders.count, let best = parts.first {
        if parts.count > 1 {
          notes.append(
            "of the parts \(someNames(parts.map(\.name).sorted())) of \"\(path)\" \"\(best.name)\" is used; "
              + "give the folder of another to use that")
        }
        enter(best.name)
      } else if folders.count == 1, let only = folders.first,
        inside.allSatisfy({ $0.contains("/") }),
        isAround(only)
      {
        enter(only)
      } else {
        break
      }
    }
    let folders = firsts().sorted()
    guard !folders.isEmpty else {
      throw SplitpipeError(
        .missingInput,
        "the dataset \"\(path)\" holds neither labels.csv nor folders with images, one per class")
    }
    let classes = try Self.classes(
      folders, of: path, classNames: classNames, classCount: classCount)
    images = inside.compactMap { name in
      guard name.contains("/"), let folder = Self.first(of: name), let index = classes[folder]
      else { return nil }
      return Image(name: prefix + name, classIndex: index)
    }
    let loose = inside.filter { !$0.contains("/") }
    if !loose.isEmpty {
      notes.append(
        "\(counted(loose.count, "image")) in no class folder, left out: \(someNames(loose))")
    }
  }

  private static func first(of name: String) -> String? {
    name.split(separator: "/").first.map(String.init)
  }

  private static func classes(
    _ folders: [String], of path: String, classNames: [String], classCount: Int
  ) throws -> [String: Int] {
    var classes: [String: Int] = [:]
    for folder in folders { classes[folder] = Dataset.classIndex(folder, classNames) }
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
    return classes
  }
}
