import SplitpipeCore

/// Which of the model's classes each category of a COCO file is.
struct CategoryMapping: Sendable {
  /// Category id to class index.
  private(set) var classes: [COCOID: Int] = [:]
  /// Names of categories that the model does not know, in the file's order.
  private(set) var unknown: [String] = []

  /// Maps by the user's map, then by name, letter case aside. Where the model has COCO's 80 classes
  /// but numbers for names, as models often come, by COCO's own ids instead. A model with names of its
  /// own is never mapped by ids: the file may number its categories as it likes.
  ///
  /// - Throws: `badData` when no category can be mapped at all, `usage` for a map that speaks of
  ///   categories or classes that are not there.
  init(
    _ categories: [COCODocument.Category], classNames: [String], map: ClassMap = ClassMap(),
    path: String
  ) throws(SplitpipeError) {
    let said = try map.targets(
      categories.map { ($0.id.text, $0.name) }, modelNames: classNames, labels: path)
    let exact = Self.index(classNames)
    let folded = Self.index(classNames.map(ClassName.folded))
    for category in categories {
      if let index = said[category.id.text] ?? exact[category.name]
        ?? folded[ClassName.folded(category.name)]
      {
        classes[category.id] = index
      } else {
        unknown.append(category.name)
      }
    }
    if classes.isEmpty, classNames.count == cocoCategoryIDs.count,
      classNames.allSatisfy(ClassName.isNumber)
    {
      let byID = Self.index(cocoCategoryIDs.map { COCOID($0) })
      for category in categories { classes[category.id] = byID[category.id] }
      unknown = categories.filter { classes[$0.id] == nil }.map(\.name)
    }
    guard !classes.isEmpty else {
      throw .noKnownCategory(categories, classNames, path)
    }
  }

  private static func index<Key: Hashable>(_ keys: [Key]) -> [Key: Int] {
    Dictionary(zip(keys, keys.indices)) { first, _ in first }
  }

}

/// The ids of COCO's 80 detection categories in the order of classes: 1…90 without the ten that have
/// no boxes.
package let cocoCategoryIDs: [Int] = {
  let unused: Set = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83]
  return (1...90).filter { !unused.contains($0) }
}()

extension SplitpipeError {
  fileprivate static func noKnownCategory(
    _ categories: [COCODocument.Category], _ classNames: [String], _ path: String
  ) -> SplitpipeError {
    let example = shellWord(
      "\(categories.first?.name ?? "helmet")=\(classNames.first ?? "person")")
    return SplitpipeError(
      .badData,
      "cannot use the labels \"\(path)\": none of its \(categories.count) categories "
        + "(\(ClassName.list(categories.map(\.name)))) is among the model's \(classNames.count) "
        + "classes (\(ClassName.list(classNames))); say what is what with --map, as in "
        + "--map \(example), or rename the categories after the model's classes")
  }
}
