import SplitpipeCore
import SplitpipeReport

/// How far the boxes of a split lie from those of the unsplit model on one picture.
struct PictureDifference: Difference, Equatable {
  let number: Int
  /// Boxes of the unsplit model that the split has not, and the other way round.
  let lost: Int
  let added: Int
  let kept: Int

  var isAny: Bool { lost + added > 0 }

  /// Boxes of the unsplit model.
  var before: Int { lost + kept }

  /// 0 where both have the same boxes, 1 where they have none in common.
  var share: Double {
    let total = lost + added + 2 * kept
    return total == 0 ? 0 : Double(lost + added) / Double(total)
  }

  /// Pairs boxes of the same class greedily, the surest first, at an overlap of at least 0.5; boxes
  /// of less than 0.25 are not looked at.
  init(number: Int, unsplit: [Detection], split: [Detection]) {
    var free = split.filter { $0.confidence >= Self.confidence }
    let wanted = unsplit.filter { $0.confidence >= Self.confidence }
    var kept = 0
    for detection in wanted {
      let best = free.indices
        .filter { free[$0].classIndex == detection.classIndex }
        .map { (index: $0, overlap: overlap(free[$0].box, detection.box)) }
        .max { $0.overlap < $1.overlap }
      guard let best, best.overlap >= 0.5 else { continue }
      free.remove(at: best.index)
      kept += 1
    }
    self.number = number
    self.kept = kept
    lost = wanted.count - kept
    added = free.count
  }

  /// Boxes below are not shown to people.
  static let confidence: Float = 0.25

  /// Whether this one differs more: by share, then by boxes.
  func isWorse(than other: PictureDifference) -> Bool {
    (share, lost + added, -number) > (other.share, other.lost + other.added, -other.number)
  }
}

/// Intersection over union.
func overlap(_ a: Box, _ b: Box) -> Float {
  let shared = Box(
    x1: max(a.x1, b.x1), y1: max(a.y1, b.y1), x2: min(a.x2, b.x2), y2: min(a.y2, b.y2)
  ).area
  let union = a.area + b.area - shared
  return union > 0 ? shared / union : 0
}

/// How far the class that a split gives lies from that of the unsplit model on one picture.
struct AnswerDifference: Difference {
  let number: Int
  /// The right class.
  let label: Int
  let unsplit: ClassAnswer
  let split: ClassAnswer

  var isAny: Bool { unsplit.best != split.best }

  /// Whether this one differs more: right answers lost come first, then by how far the true class
  /// fell or rose.
  func isWorse(than other: AnswerDifference) -> Bool {
    (rank, distance, -number) > (other.rank, other.distance, -other.number)
  }

  private var rank: Int { unsplit.isRight && !split.isRight ? 1 : 0 }
  private var distance: Float { abs(unsplit.trueConfidence - split.trueConfidence) }
}

/// What a report shows of the pictures that differ most.
enum WorstPictureList: Sendable {
  case boxes([PicturePair])
  case classes([CaptionedPicture])
}

/// What unsplit and split model make of one picture.
protocol Difference: Sendable {
  /// Whether there is any.
  var isAny: Bool { get }
  func isWorse(than other: Self) -> Bool
}

/// The few pictures that differ most, of any number of them.
struct Worst<Pictures: Difference> {
  let count: Int
  private(set) var differences: [Pictures] = []

  init(count: Int) { self.count = count }

  /// Keeps the difference if it is among the worst so far; pictures without any are not.
  mutating func add(_ difference: Pictures) {
    guard difference.isAny else { return }
    let place = differences.firstIndex { difference.isWorse(than: $0) } ?? differences.count
    differences.insert(difference, at: place)
    if differences.count > count { differences.removeLast() }
  }
}
