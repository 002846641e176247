/// Some of a model's splits that stand for all of it.
///
/// Modules of short paths come first, as people think of a network (`4` before `4.m.0.cv1`); of a level of
/// which not all find room, stretches of equal length give the split of the fewest bytes each, the last one
/// of equals. Heads that compute nothing are left out where there are others.
///
/// - Parameters:
///   - splits: all usable ones, in graph order.
///   - count: how many at most, from 1.
///   - name: one that is among them if it exists.
/// - Returns: in graph order.
package func representativeSplits(
  _ splits: [SplitSummary], count: Int, including name: String? = nil
) -> [SplitSummary] {
  let working = splits.indices.filter { splits[$0].headMACs > 0 }
  let candidates = working.isEmpty ? Array(splits.indices) : working
  var chosen = Set(candidates.filter { splits[$0].name == name })
  let levels = Dictionary(grouping: candidates) { splits[$0].depth }
  for (_, level) in levels.sorted(by: { $0.key < $1.key }) {
    let free = level.filter { !chosen.contains($0) }
    let room = min(count - chosen.count, free.count)
    guard room > 0 else { continue }
    for place in 0..<room {
      let stretch = free[(place * free.count / room)..<((place + 1) * free.count / room)]
      // Of equals the later one, which comes after an activation.
      if let best = stretch.reversed().min(by: { splits[$0].rawBytes < splits[$1].rawBytes }) {
        chosen.insert(best)
      }
    }
  }
  return chosen.sorted().map { splits[$0] }
}

extension SplitSummary {
  /// Parts of the module path; what is no module comes last.
  fileprivate var depth: Int { isModule ? name.split(separator: ".").count : .max }
}
