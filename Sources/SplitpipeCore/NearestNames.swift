/// The names closest to a misspelt one, nearest first, for "did you mean" sentences.
///
/// Closeness is the number of letters to insert, delete, replace or swap with their neighbour
/// (optimal string alignment, Damerau 1964), upper and lower case counting as the same letter;
/// among equals the one that begins alike for longer wins, then the shorter, then the
/// alphabetically first.
///
/// - Parameters:
///   - name: what the user wrote.
///   - candidates: the valid names; duplicates are given once.
///   - limit: the most names returned.
/// - Returns: at most `limit` names.
package func nearestNames(
  to name: String, among candidates: some Sequence<String>, limit: Int = 3
) -> [String] {
  let wanted = Array(name.lowercased().utf8.prefix(longestComparedName))
  let ranked = Set(candidates).map { candidate in
    let letters = Array(candidate.lowercased().utf8.prefix(longestComparedName))
    let alike = zip(wanted, letters).prefix { $0 == $1 }.count
    let rank = (editDistance(wanted, letters), -alike, candidate.utf8.count)
    return (rank: rank, name: candidate)
  }
  return ranked.sorted { $0.rank == $1.rank ? $0.name < $1.name : $0.rank < $1.rank }
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
