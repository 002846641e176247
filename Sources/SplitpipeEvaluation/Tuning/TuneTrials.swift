/// What a search has tried so far.
struct TuneTrials: Sendable {
  /// The settings of each round.
  private(set) var rounds: [[TuneCandidate]] = []
  /// What each setting showed, in the order they were tried.
  private(set) var points: [TunePoint] = []

  var candidates: [TuneCandidate] { rounds.flatMap { $0 } }

  /// The round in which each setting was tried, from 1.
  var roundOfEach: [Int] {
    rounds.enumerated().flatMap { index, settings in settings.map { _ in index + 1 } }
  }

  /// Adds a round.
  ///
  /// - Parameters:
  ///   - round: its settings.
  ///   - points: what all settings so far showed, those of the round last.
  mutating func add(_ round: [TuneCandidate], points: [TunePoint]) {
    rounds.append(round)
    self.points = points
  }
}
