import SplitpipeCore
import SplitpipeDetection

/// Scores the units of a sweep over the pictures that all of them have results of.
struct SweepScoring {
  let plan: SweepPlan
  let state: SweepState
  let results: SweepResults

  /// Scores one unit after another, so that memory holds the boxes of one.
  ///
  /// - Parameter choices: of the pictures done, each to be scored by itself.
  /// - Returns: by unit, then by choice; nil where no picture is in it.
  /// - Throws: `badData` where the state file was changed meanwhile.
  func scores(of choices: [Set<Int>]) throws -> [[SweepScore?]] {
    let numbers = state.done.sorted()
    let labels = plan.dataset.classLabels
    return try results.units.indices.map { unit in
      var scorers = choices.map { _ in SweepScorer(plan.model) }
      for number in numbers {
        guard let result = try results.result(unit: unit, image: number) else {
          throw SplitpipeError(
            .bug, "picture \(number) has no result for \(results.units[unit].key)")
        }
        let truths = try truths(number, size: result.size)
        for index in scorers.indices where choices[index].contains(number) {
          scorers[index].add(image: number, result, truths: truths, label: labels[number])
        }
      }
      return scorers.map { $0.score() }
    }
  }

  /// What is to be found in a picture: its labels, or what the unsplit model finds.
  private func truths(_ number: Int, size: PixelSize) throws -> [TruthObject] {
    guard plan.model.isDetection, plan.dataset.reference == "unsplit" else {
      return try plan.dataset.objects(number, fileName: state.fileNames[number], size: size) ?? []
    }
    guard case .boxes(let boxes) = try results.result(unit: 0, image: number)?.answer
    else { throw SplitpipeError(.bug, "picture \(number) has no boxes of the unsplit model") }
    return TruthObject.unsplit(boxes)
  }
}
