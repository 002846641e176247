extension COCOScorer {
  /// The metrics over everything added so far; more may be added afterwards.
  package func result() -> COCOResult {
    let curves = classes.map { ClassCurve($0) }
    func mean(_ value: (ClassCurve) -> [Double], _ area: Int) -> Double {
      let values = curves.filter { $0.exists[area] }.flatMap(value)
      return values.isEmpty ? -1 : values.reduce(0, +) / Double(values.count)
    }
    func precision(_ area: Int, _ thresholds: Range<Int> = 0..<10) -> Double {
      mean({ Array($0.precision[area][thresholds]) }, area)
    }
    func recall(_ area: Int, limit: Int) -> Double { mean({ $0.recall[area][limit] }, area) }
    func perClass(_ thresholds: Range<Int>) -> [Double?] {
      curves.map { curve in
        curve.exists[0]
          ? curve.precision[0][thresholds].reduce(0, +) / Double(thresholds.count) : nil
      }
    }
    let statistics = COCOStatistics(
      ap: precision(0), ap50: precision(0, 0..<1), ap75: precision(0, 5..<6),
      apSmall: precision(1), apMedium: precision(2), apLarge: precision(3),
      ar1: recall(0, limit: 0), ar10: recall(0, limit: 1), ar100: recall(0, limit: 2),
      arSmall: recall(1, limit: 2), arMedium: recall(2, limit: 2), arLarge: recall(3, limit: 2))
    return COCOResult(
      statistics: statistics, perClass: perClass(0..<10), perClass50: perClass(0..<1),
      images: images)
  }
}

/// Precision and recall of one class, as COCOeval's `accumulate` makes them.
private struct ClassCurve {
  /// Per area range: whether there is anything to find.
  let exists: [Bool]
  /// Per area range and overlap threshold: the mean of the precision at 101 recalls.
  private(set) var precision: [[Double]] = []
  /// Per area range, detection limit and overlap threshold: the greatest recall.
  private(set) var recall: [[[Double]]] = []

  init(_ source: COCOScorer.ClassRecords) {
    exists = (0..<4).map { source.wanted[$0] > 0 }
    guard exists.contains(true) else {
      return
    }
    let sorted = Self.sort(source)
    var precisions: [Double] = []
    for area in 0..<4 {
      let wanted = Double(source.wanted[area])
      precision.append([])
      recall.append(COCOParameters.detectionLimits.map { _ in [] })
      guard exists[area] else { continue }
      for threshold in 0..<CellBits.thresholds {
        let bit: UInt64 = 1 << (CellBits.shift(area: area) + UInt64(threshold))
        let found = Self.walk(sorted, bit: bit, precisions: &precisions)
        for (limit, count) in found.enumerated() {
          recall[area][limit].append(Double(count) / wanted)
        }
        precision[area].append(Self.mean(&precisions, wanted: wanted))
      }
    }
  }

  /// All records by falling score; equal scores by image, then by rank.
  private static func sort(_ source: COCOScorer.ClassRecords) -> [MatchRecord] {
    var records: [MatchRecord] = []
    records.reserveCapacity(source.records.count)
    let ascending = zip(source.runs, source.runs.dropFirst()).allSatisfy { $0.image <= $1.image }
    if ascending {
      records = source.records
    } else {
      let runs = source.runs.enumerated().sorted {
        ($0.element.image, $0.offset) < ($1.element.image, $1.offset)
      }
      for run in runs { records += source.records[run.element.range] }
    }
    let order = (0..<records.count).sorted { left, right in
      let (leftScore, rightScore) = (records[left].score, records[right].score)
      return leftScore == rightScore ? left < right : leftScore > rightScore
    }
    return order.map { records[$0] }
  }

  /// Lists the precision at each object found and counts the objects found within each limit.
  ///
  /// Only these points matter: between them precision falls and recall stands still.
  private static func walk(
    _ records: [MatchRecord], bit: UInt64, precisions: inout [Double]
  ) -> [Int] {
    precisions.removeAll(keepingCapacity: true)
    let (first, second) = (COCOParameters.detectionLimits[0], COCOParameters.detectionLimits[1])
    var (foundFirst, foundSecond, wrong) = (0, 0, 0.0)
    for record in records where record.ignored & bit == 0 {
      guard record.matched & bit != 0 else {
        wrong += 1
        continue
      }
      let right = Double(precisions.count + 1)
      precisions.append(right / (wrong + right + Double.ulpOfOne))
      if record.rank < first { foundFirst += 1 }
      if record.rank < second { foundSecond += 1 }
    }
    return [foundFirst, foundSecond, precisions.count]
  }

  /// The mean over 101 recalls of the best precision at that recall or a greater one.
  private static func mean(_ precisions: inout [Double], wanted: Double) -> Double {
    for index in stride(from: precisions.count - 1, to: 0, by: -1)
    where precisions[index] > precisions[index - 1] {
      precisions[index - 1] = precisions[index]
    }
    var index = 0
    var sum = 0.0
    for recall in COCOParameters.recalls {
      while index < precisions.count, Double(index + 1) / wanted < recall { index += 1 }
      if index == precisions.count { break }
      sum += precisions[index]
    }
    return sum / Double(COCOParameters.recalls.count)
  }
}
