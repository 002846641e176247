import SplitpipeCore

/// Which of the model's classes each category of a COCO file is.
struct CategoryMapping: Sendable {
  /// Category id to class index.
  private(set) var classes: [Int: Int] = [:]
  /// Names of categories that the model does not know, in the file's order.
  private(set) var unknown: [String] = []

  /// Maps by name, letter case aside. Where the model has COCO's 80 classes but numbers for names, as
  /// models often come, by COCO's own ids instead. A model with names of its own is never mapped by
  /// ids: the file may number its categories as it likes.
  ///
  /// - Throws: `badData` when no category can be mapped at all.
  init(_ categories: [COCODocument.Category], classNames: [String], path: String) throws {
    let exact = Self.index(classNames)
    let folded = Self.index(classNames.map { $0.lowercased() })
    for category in categories {
      if let index = exact[category.name] ?? folded[category.name.lowercased()] {
        classes[category.id] = index
      } else {
        unknown.append(category.name)
      }
    }
    if classes.isEmpty, classNames.count == Self.cocoIDs.count,
      classNames.allSatisfy(Self.isNumber)
    {
      let byID = Self.index(Self.cocoIDs)
      for category in categories { classes[category.id] = byID[category.id] }
      unknown = categories.filter { classes[$0.id] == nil }.map(\.name)
    }
    guard !classes.isEmpty else {
      throw SplitpipeError.noKnownCategory(categories, classNames, path)
    }
  }

  /// Whether a class goes by its number: `7`, `class7`, `class 7` or `class_7`.
  private static func isNumber(_ name: String) -> Bool {
    var rest = name.lowercased()[...]
    if rest.hasPrefix("class") { rest = rest.dropFirst(5) }
    if let first = rest.first, first == " " || first == "_" { rest = rest.dropFirst() }
    return !rest.isEmpty && rest.allSatisfy(\.isASCII) && rest.allSatisfy(\.isNumber)
  }

  private static func index<Key: Hashable>(_ keys: [Key]) -> [Key: Int] {
    Dictionary(zip(keys, keys.indices)) { first, _ in first }
  }

  /// The ids of COCO's 80 detection categories in the order of classes: 1…90 without the ten that
  /// have no boxes.
  static let cocoIDs: [Int] = {
    let unused: Set = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83]
    return (1...90).filter { !unused.contains($0) }
  }()
}

extension SplitpipeError {
  fileprivate static func noKnownCategory(
    _ categories: [COCODocument.Category], _ classNames: [String], _ path: String
  ) -> SplitpipeError {
    func list(_ names: [String]) -> String {
      names.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    }
    return SplitpipeError(
      .badData,
      "cannot use the labels \"\(path)\": none of its \(categories.count) categories "
        + "(\(list(categories.map(\.name)))) is among the model's \(classNames.count) classes "
        + "(\(list(classNames))); rename the categories after the model's classes")
  }
}
