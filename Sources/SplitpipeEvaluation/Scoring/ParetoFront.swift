/// Which of several settings nothing else beats.
enum ParetoFront {
  /// Finds the points for which no other has fewer bytes at the same or better accuracy, or better
  /// accuracy at the same or fewer bytes.
  ///
  /// - Parameter points: bytes, and the accuracy where it is known.
  /// - Returns: for each point whether it is on the front; points without an accuracy are not. Of
  ///   equal points all are.
  static func contains(_ points: [(bytes: Double, accuracy: Double?)]) -> [Bool] {
    var isOn = [Bool](repeating: false, count: points.count)
    let order = points.indices.filter { points[$0].accuracy != nil }.sorted {
      (points[$0].bytes, -(points[$0].accuracy ?? 0))
        < (points[$1].bytes, -(points[$1].accuracy ?? 0))
    }
    var best: (bytes: Double, accuracy: Double)?
    for index in order {
      guard let accuracy = points[index].accuracy else { continue }
      let bytes = points[index].bytes
      if let best, accuracy < best.accuracy { continue }
      if let best, accuracy == best.accuracy, bytes > best.bytes { continue }
      best = (bytes, accuracy)
      isOn[index] = true
    }
    return isOn
  }

  /// Finds the points that no other is as good as in everything and better in something.
  ///
  /// - Parameter points: numbers of which less is better; what is not known of both is not compared.
  /// - Returns: for each point whether it is one.
  static func isUnbeaten(_ points: [[Double?]]) -> [Bool] {
    points.map { point in
      !points.contains { other in
        let pairs = zip(other, point).compactMap { other, own in
          if let other, let own { (other, own) } else { nil }
        }
        return pairs.allSatisfy { $0 <= $1 } && pairs.contains { $0 < $1 }
      }
    }
  }
}

extension [EvaluationSummary.Row] {
  /// The same rows, each told whether it is on the front of bytes and accuracy of all of them.
  func markingFront() -> Self {
    let isOn = ParetoFront.contains(
      map { (bytes: $0.codedBytes, accuracy: $0.accuracy.headline) })
    return zip(self, isOn).map { row, isOn in
      var row = row
      row.pareto = isOn
      return row
    }
  }
}
