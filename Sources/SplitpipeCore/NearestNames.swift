/// The candidates a person most likely meant, nearest first: those a few edits away or of which the
/// name is a beginning.
///
/// Distance counts edited and swapped letters, letter case aside; at most a third of the name may
/// differ.
package func nearestNames(
  to name: String, among candidates: some Sequence<String>, limit: Int = 3
) -> [String] {
  let wanted = Array(name.lowercased())
  let reach = max(1, wanted.count / 3)
  return candidates.compactMap { candidate -> (distance: Int, name: String)? in
    let other = Array(candidate.lowercased())
    if !wanted.isEmpty, other.starts(with: wanted) { return (0, candidate) }
    guard abs(other.count - wanted.count) <= reach else { return nil }
    let distance = editDistance(wanted, other)
    return distance <= reach ? (distance, candidate) : nil
  }
  .sorted { $0 < $1 }
  .prefix(limit).map(\.name)
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...b.count)
  for (row, letter) in a.enumerated() {
    var current = [row + 1]
    for (column, other) in b.enumerated() {
      var distance = min(
        previous[column + 1] + 1, current[column] + 1,
        previous[column] + (letter == other ? 0 : 1))
      if row > 0, column > 0, letter == b[column - 1], a[row - 1] == other {
        distance = min(distance, beforePrevious[column - 1] + 1)
      }
      current.append(distance)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.count]
}
