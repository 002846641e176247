import SplitpipeCore

/// What some units have made of pictures, as the state file holds it.
struct SweepResults {
  let units: [SweepUnit]
  private let journal: SweepJournal
  /// The number of each unit in the state file.
  private let numbers: [Int]

  /// - Parameters:
  ///   - units: the unsplit model first.
  ///   - journal: where their results are, and more of them will be.
  /// - Throws: `cannotWrite`.
  init(_ units: [SweepUnit], in journal: SweepJournal) throws {
    self.units = units
    self.journal = journal
    numbers = try units.map { try journal.unit($0.key) }
  }

  /// What a unit made of a picture; nil where it is not there.
  ///
  /// - Throws: `badData` where the file was changed meanwhile.
  func result(unit: Int, image: Int) throws -> UnitResult? {
    try journal.result(unit: numbers[unit], image: image)
  }

  func isMissing(unit: Int, image: Int) -> Bool { !journal.has(unit: numbers[unit], image: image) }

  /// The units that have no result of a picture yet.
  func missing(image: Int) -> Set<Int> {
    Set(units.indices.filter { isMissing(unit: $0, image: image) })
  }

  /// Adds the results of one picture, all or none.
  ///
  /// - Throws: `cannotWrite`.
  func append(image: Int, _ results: [(unit: Int, result: UnitResult)]) throws {
    try journal.append(image: image, results.map { (numbers[$0.unit], $0.result) })
  }

  /// The pictures that the unsplit model has results of.
  var images: [Int] { journal.images(unit: numbers[0]) }

  /// Whether a unit has been through so many frames of a video, `Int.max` for all that there are.
  func isFinished(unit: Int, frames: Int) -> Bool {
    journal.isFinished(unit: numbers[unit], frames: frames)
  }

  /// Notes that all units have been through so many frames, `Int.max` for all that there are.
  ///
  /// - Throws: `cannotWrite`.
  func finish(frames: Int) throws {
    for number in numbers { try journal.finish(unit: number, frames: frames) }
  }
}
