import Testing

@testable import SplitpipeEvaluation

@Suite struct `A classifier's answer` {
  @Test(
    arguments: [
      ([0.1, 0.7, 0.2], 1, 0, 1), ([0.1, 0.7, 0.2], 0, 2, 1), ([2, 2, 1], 0, 0, 0),
      ([2, 2, 1], 1, 1, 0), ([.nan, 5, -1], 0, 3, 1), ([.infinity, -3, -2], 1, 1, 2),
      ([.nan, .nan, .nan], 2, 3, 2),
    ] as [([Float], Int, Int, Int)])
  func `ranks the right class below those that score higher, the lower of equals first`(
    scores: [Float], label: Int, rank: Int, best: Int
  ) {
    let answer = ClassAnswer(scores: scores, label: label)
    #expect(answer.rank == rank)
    #expect(answer.best == best)
    #expect((0...1).contains(answer.confidence) && (0...1).contains(answer.trueConfidence))
  }

  @Test func `takes probabilities as they are and makes them of any other scores`() {
    let given = ClassAnswer(scores: [0.1, 0.7, 0.2], label: 2)
    #expect(given.confidence == 0.7 && given.trueConfidence == 0.2)
    // exp(0) to exp(1): 1 / (1 + e) and e / (1 + e).
    let made = ClassAnswer(scores: [-4, -3], label: 0)
    #expect(abs(made.confidence - 0.73106) < 1e-4 && abs(made.trueConfidence - 0.26894) < 1e-4)
  }

  private func answer(_ rank: Int, _ best: Int, _ share: Float) -> ClassAnswer {
    ClassAnswer(rank: rank, best: best, confidence: 0.5, trueConfidence: share)
  }

  @Test func `differs most where a right one is lost`() {
    var worst = Worst<AnswerDifference>(count: 3)
    let split = [answer(0, 1, 0.1), answer(2, 5, 0.4), answer(2, 6, 0.1), answer(1, 7, 0.2)]
    let unsplit = [answer(0, 1, 0.9), answer(0, 1, 0.5), answer(4, 2, 0.9), answer(0, 1, 0.9)]
    for number in split.indices {
      worst.add(
        AnswerDifference(
          number: number, label: 1, unsplit: unsplit[number], split: split[number]))
    }
    #expect(worst.differences.map(\.number) == [3, 1, 2])
  }
}
