package import SplitpipeCore

/// What a user says of classes: which of the labels is which of the model.
///
/// Written `helmet=person,2=car`: before the sign a class of the labels, by name or by number (a YOLO
/// class, the id of a COCO category), after it a class of the model, by name or by index from 0.
package struct ClassMap: Hashable, Sendable {
  /// One class of the labels and what it is for the model, as written.
  package struct Pair: Hashable, Sendable {
    package let label: String
    package let model: String
  }

  package private(set) var pairs: [Pair] = []

  /// Says nothing.
  package init() {}

  /// Reads `helmet=person,2=car`.
  ///
  /// - Parameter text: pairs separated by commas.
  /// - Throws: `usage` for anything else, and for a class of the labels that stands there twice.
  package init(_ text: String) throws(SplitpipeError) {
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false).map {
        String($0).withoutOuterSpace
      }
      guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
        throw SplitpipeError(
          .usage,
          "--map takes pairs separated by commas, a class of the labels and one of the model, as in "
            + "helmet=person,2=car, not \"\(part)\"")
      }
      guard !pairs.contains(where: { $0.label == sides[0] }) else {
        throw SplitpipeError(
          .usage, "--map says twice what \"\(sides[0])\" is; say it once")
      }
      pairs.append(Pair(label: sides[0], model: sides[1]))
    }
  }

  package var isEmpty: Bool { pairs.isEmpty }

  /// Finds what the pairs speak of.
  ///
  /// - Parameters:
  ///   - classes: those of the labels, number and name; nil where the labels give no names, so that
  ///     any number may be one.
  ///   - modelNames: the model's classes.
  ///   - labels: what errors call the labels.
  /// - Returns: the model's class of each number that a pair speaks of.
  /// - Throws: `usage` with the nearest names for a class that is not there.
  func targets(
    _ classes: [(number: String, name: String)]?, modelNames: [String], labels: String
  ) throws(SplitpipeError) -> [String: Int] {
    var targets: [String: Int] = [:]
    for pair in pairs {
      let target = try Self.modelClass(pair.model, modelNames)
      for number in try Self.labelClasses(pair.label, classes, labels) { targets[number] = target }
    }
    return targets
  }

  private static func modelClass(
    _ text: String, _ names: [String]
  ) throws(SplitpipeError) -> Int {
    let folded = ClassName.folded(text)
    if let index = names.firstIndex(of: text)
      ?? names.firstIndex(where: { ClassName.folded($0) == folded })
    {
      return index
    }
    if let index = Int(text), names.indices.contains(index) { return index }
    throw SplitpipeError(
      .usage,
      "--map: the model has no class \"\(text)\"; \(nearest(text, names)), or its index, 0 to "
        + "\(names.count - 1)")
  }

  private static func labelClasses(
    _ text: String, _ classes: [(number: String, name: String)]?, _ labels: String
  ) throws(SplitpipeError) -> [String] {
    guard let classes else {
      if let number = Int(text), number >= 0 { return [String(number)] }
      throw SplitpipeError(
        .usage,
        "--map: \"\(labels)\" gives its classes no names, so there is no \"\(text)\"; write the number "
          + "that its lines begin with")
    }
    let folded = ClassName.folded(text)
    let named = classes.filter { $0.name == text }.map(\.number)
    if !named.isEmpty { return named }
    let alike = classes.filter { ClassName.folded($0.name) == folded }.map(\.number)
    if !alike.isEmpty { return alike }
    if classes.contains(where: { $0.number == text }) { return [text] }
    throw SplitpipeError(
      .usage,
      "--map: \"\(labels)\" has no class \"\(text)\"; \(nearest(text, classes.map(\.name))), or its "
        + "number")
  }

  private static func nearest(_ text: String, _ names: [String]) -> String {
    "write " + nearestNames(to: text, among: names).map { "\"\($0)\"" }.joined(separator: " or ")
  }
}

/// Names of classes as people and programs write them.
enum ClassName {
  /// The name in lower case with spaces for what stands between words, so that `Traffic_light` and
  /// `traffic light` are one.
  static func folded(_ name: String) -> String {
    String(name.lowercased().map { $0 == "_" || $0 == "-" ? " " : $0 }).withoutOuterSpace
  }

  /// Whether a class goes by its number: `7`, `class7`, `class 7` or `class_7`.
  static func isNumber(_ name: String) -> Bool {
    var rest = name.lowercased()[...]
    if rest.hasPrefix("class") { rest = rest.dropFirst(5) }
    if let first = rest.first, first == " " || first == "_" { rest = rest.dropFirst() }
    return !rest.isEmpty && rest.allSatisfy(\.isASCII) && rest.allSatisfy(\.isNumber)
  }

  /// A few names of many, for a sentence.
  static func list(_ names: [String]) -> String {
    names.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ") + (names.count > 5 ? ", …" : "")
  }
}

extension String {
  var withoutOuterSpace: String {
    var text = self[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    while text.first?.isWhitespace == true { text.removeFirst() }
    return String(text)
  }
}
