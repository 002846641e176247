package import SplitpipeCore

extension Model {
  /// The classes that a user names.
  ///
  /// - Parameter words: names of classes, letter case aside, or their numbers.
  /// - Returns: class indices.
  /// - Throws: `usage` with the nearest names for a word that is neither.
  package func classIndices(_ words: [String]) throws(SplitpipeError) -> Set<Int> {
    var indices: Set<Int> = []
    for word in words {
      let wanted = word.lowercased()
      let named = classNames.indices.filter { classNames[$0].lowercased() == wanted }
      if !named.isEmpty {
        indices.formUnion(named)
      } else if let number = Int(word), classNames.indices.contains(number) {
        indices.insert(number)
      } else {
        let nearest = nearestNames(to: word, among: classNames).joined(separator: ", ")
        throw SplitpipeError(
          .usage,
          "\(name) has no class \"\(word)\"; nearest are \(nearest), and numbers go from 0 to "
            + "\(classNames.count - 1)")
      }
    }
    guard !indices.isEmpty else {
      throw SplitpipeError(.usage, "--classes names at least one class of \(name)")
    }
    return indices
  }
}
