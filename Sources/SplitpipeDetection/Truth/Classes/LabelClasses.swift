import SplitpipeCore

/// Which of the model's classes the numbers of YOLO labels are.
struct LabelClasses: Sendable {
  /// What a number is.
  enum Class: Sendable {
    case known(Int)
    /// One that the model does not know, and that the user's map knowingly leaves out.
    case leftOut
    /// None that the labels or the model have.
    case unknown
  }

  private let targets: [Int: Int]
  private let leftOut: Set<Int>
  /// Whether a number that nothing is said of is the model's index of the class.
  private let takesIndices: Bool
  private let modelCount: Int
  private let list: ClassList?
  /// Sentences for the user.
  private(set) var notes: [String] = []

  /// Without names numbers are the model's indices, but for those that the map speaks of. Names are
  /// looked up among the model's, and all must be there: labels of other classes give numbers that
  /// look right. A map takes that upon itself, and what it leaves open is left out.
  ///
  /// - Parameters:
  ///   - list: what the classes are called; nil where nothing says it.
  ///   - map: what the user says.
  ///   - modelNames: the model's classes.
  ///   - labels: what errors call the labels.
  /// - Throws: `badData` for a name that the model does not know, `usage` for a map that speaks of
  ///   classes that are not there.
  init(list: ClassList?, map: ClassMap, modelNames: [String], labels: String) throws(SplitpipeError)
  {
    self.list = list
    modelCount = modelNames.count
    var targets: [Int: Int] = [:]
    for (number, target) in try map.targets(
      list?.classes, modelNames: modelNames, labels: list?.path ?? labels)
    {
      if let number = Int(number) { targets[number] = target }
    }
    guard let list else {
      (self.targets, leftOut, takesIndices) = (targets, [], true)
      return
    }
    // A model without names has nothing to hold names against.
    let isNameless = modelNames.allSatisfy(ClassName.isNumber)
    let folded = Dictionary(
      zip(modelNames.map(ClassName.folded), modelNames.indices)
    ) { first, _ in first }
    var strangers: [(number: Int, name: String)] = []
    var moved: [(number: Int, name: String)] = []
    for (number, name) in list.names.sorted(by: { $0.key < $1.key }) where targets[number] == nil {
      if let index = folded[ClassName.folded(name)] {
        targets[number] = index
        if index != number { moved.append((number, name)) }
      } else if isNameless, modelNames.indices.contains(number) {
        targets[number] = number
      } else {
        strangers.append((number, name))
      }
    }
    guard strangers.isEmpty || !map.isEmpty else {
      throw .otherClasses(list, strangers, modelNames)
    }
    if isNameless, map.isEmpty {
      notes.append(
        "the model gives its classes no names, so that those of \"\(list.path)\" are taken to be in "
          + "its order; --map says otherwise")
    }
    if let first = moved.first {
      notes.append(
        "the classes of \"\(list.path)\" are found among the model's by name: its \(first.number), "
          + "\"\(first.name)\", is the model's \(targets[first.number] ?? 0)"
          + (moved.count > 1 ? ", and so on" : ""))
    }
    if !strangers.isEmpty {
      notes.append(
        "labels of \(ClassName.list(strangers.map(\.name))), which --map does not speak of and the "
          + "model does not know, are left out")
    }
    (self.targets, leftOut, takesIndices) = (targets, Set(strangers.map(\.number)), false)
  }

  /// What the number at the start of a label is.
  func find(_ number: Int) -> Class {
    if let target = targets[number] { return .known(target) }
    if leftOut.contains(number) { return .leftOut }
    return takesIndices && (0..<modelCount).contains(number) ? .known(number) : .unknown
  }

  /// Which numbers there are, for an error.
  var valid: String {
    guard let list else {
      return
        "the model's classes are 0 to \(modelCount - 1); --map says what other numbers are, as in "
        + "--map 80=0"
    }
    let numbers = list.names.keys.sorted()
    return "\"\(list.path)\" names \(numbers.count) classes, \(numbers.first ?? 0) to "
      + "\(numbers.last ?? 0); correct it"
  }
}

extension SplitpipeError {
  fileprivate static func otherClasses(
    _ list: ClassList, _ strangers: [(number: Int, name: String)], _ modelNames: [String]
  ) -> SplitpipeError {
    let names = strangers.map(\.name)
    let first = strangers[0]
    let counterpart =
      modelNames.indices.contains(first.number)
      ? " (its class \(first.number) is \"\(modelNames[first.number])\")" : ""
    let near = nearestNames(to: first.name, among: modelNames, limit: 1).first ?? modelNames[0]
    return SplitpipeError(
      .badData,
      "cannot use the labels of \"\(list.path)\": of its \(list.names.count) classes the model does "
        + "not know \(ClassName.list(names))\(counterpart); say which of the model's "
        + "\(modelNames.count) classes each is, as in --map \(shellWord("\(first.name)=\(near)")), "
        + "or give the model that these labels are for")
  }
}
