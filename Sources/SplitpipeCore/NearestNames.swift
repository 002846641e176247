/// The names closest to a misspelt one, nearest first, for "did you mean" sentences.
///
/// Closeness is the number of letters to insert, delete, replace or swap with their neighbour
/// (optimal string alignment, Damerau 1964), upper and lower case counting as the same letter;
/// among equals the shorter and then the alphabetically first name wins. Names of which more than a
/// third differs are given only where there is no nearer one.
///
/// - Parameters:
///   - name: what the user wrote.
///   - candidates: the valid names; duplicates are given once.
///   - limit: the most names returned.
/// - Returns: valid names, never more than `limit`.
package func nearestNames(
  to name: String, among candidates: some Sequence<String>, limit: Int = 3
) -> [String] {
  let wanted = Array(name.lowercased().utf8.prefix(longestComparedName))
  let ranked = Set(candidates).map { candidate in
    let letters = Array(candidate.lowercased().utf8.prefix(longestComparedName))
    return (distance: editDistance(wanted, letters), length: candidate.utf8.count, name: candidate)
  }
  let likely = ranked.filter { $0.distance <= max(1, wanted.count / 3) }
  return (likely.isEmpty ? ranked : likely)
    .sorted { ($0.distance, $0.length, $0.name) < ($1.distance, $1.length, $1.name) }
    .prefix(max(0, limit)).map(\.name)
}

/// Longer names are compared by their beginning, so that hostile input costs nothing.
private let longestComparedName = 200

/// The number of edits that turn `a` into `b`: optimal string alignment by rows.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    row.reserveCapacity(b.count + 1)
    for j in 0..<b.count {
      var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, beforeLast[j - 1] + 1)
      }
      row.append(best)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
