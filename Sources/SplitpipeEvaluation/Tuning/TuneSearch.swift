import SplitpipeCodec
import SplitpipeCore

/// Which settings to try next, coarse to fine, given what those before showed.
///
/// Every round is one pass over the input, so that the head runs once a round and split:
/// 1. the paper's quantizer at 2, 4, 6 and 8 bits;
/// 2. the odd bit depths between the cheapest that keeps the floor and the next lower;
/// 3. around that depth, other ranges: `clip`, `joint` and `held` there, `joint` and `held` one above,
///    `clip` and `channel` one below;
/// 4. where frames follow each other, the cheapest of each kind (ranges that are held, held and
///    joint, or not held) with codes that stick at 0.25 and 1, since codes that stick for long lose
///    more where the range stands still; where none of a kind keeps the floor, the most accurate, if
///    it misses it narrowly;
/// 5. … bisection of D between the largest that keeps the floor and the smallest that does not, to
///    a tenth.
///
/// It relies on accuracy falling with fewer bits and larger D, as it does but for small steps, which
/// is why a near miss is followed; a setting that was tried decides for itself, whatever its
/// neighbours did. The next round depends on results alone, so that a search that was interrupted goes
/// the same way again.
struct TuneSearch: Sendable {
  let splitCount: Int
  let floor: Double
  /// Whether a frame may lean on the one before it, as neither pictures that stand alone nor codecs
  /// without memory allow.
  let looksBack: Bool

  /// Splits that take this many times the bytes of the best are not looked at closely.
  static let worthwhile = 2.0
  /// Nor is D refined where the cheapest so far is this many times cheaper.
  static let nearBest = 1.25
  /// D is found to this.
  static let finestStep = 0.1
  static let firstSteps = [0.25, 1]
  /// Accuracies this far below the floor miss it narrowly: neighbouring settings differ by as much.
  static let nearMiss = 0.02
  /// Percent of headroom of joint ranges that are held: one bit more than needed has codes to spare
  /// for values to come.
  static let jointHeadroom = 20.0
  private static let bitRange = 2...8

  /// Decides on the next round.
  ///
  /// - Parameter points: all that were tried.
  /// - Returns: its settings; empty where the search is over.
  func next(after points: [TunePoint]) -> [TuneCandidate] {
    let tried = Set(points.map(\.candidate))
    func fresh(_ candidates: [TuneCandidate]) -> [TuneCandidate] {
      candidates.uniqued().filter { !tried.contains($0) }
    }
    let coarse = (0..<splitCount).flatMap { split in
      [2, 4, 6, 8].map { TuneCandidate(split: split, bits: $0, quantizer: .paper) }
    }
    for round in [coarse, oddBits(points), ranges(points), firstSteps(points), bisection(points)] {
      let left = fresh(round)
      if !left.isEmpty { return left }
    }
    return []
  }

  /// The cheapest setting that keeps the floor.
  func best(of points: [TunePoint]) -> TunePoint? {
    passing(points).min { $0.isCheaper(than: $1) }
  }

  private func passing(_ points: [TunePoint]) -> [TunePoint] {
    points.filter { $0.accuracy >= floor }
  }

  private func oddBits(_ points: [TunePoint]) -> [TuneCandidate] {
    (0..<splitCount).compactMap { split in
      let lowest = points.filter {
        $0.candidate.split == split && $0.candidate.quantizer == .paper && $0.accuracy >= floor
          && $0.candidate.bits.isMultiple(of: 2)
      }.map(\.candidate.bits).min()
      guard let lowest, lowest > 2 else { return nil }
      return TuneCandidate(split: split, bits: lowest - 1, quantizer: .paper)
    }
  }

  /// The lowest bit depth at which the paper's quantizer keeps the floor, else the highest; of the
  /// splits that are worth a closer look.
  private func centres(_ points: [TunePoint]) -> [(split: Int, bits: Int)] {
    let paper = points.filter { $0.candidate.quantizer == .paper }
    let lowest = (0..<splitCount).compactMap { split -> TunePoint? in
      let own = paper.filter { $0.candidate.split == split }
      return passing(own).min { $0.candidate.bits < $1.candidate.bits }
        ?? own.max { $0.candidate.bits < $1.candidate.bits }
    }
    let keeping = passing(lowest)
    guard let cheapest = keeping.map(\.bytes).min() else {
      return lowest.map { ($0.candidate.split, $0.candidate.bits) }
    }
    return keeping.filter { $0.bytes <= cheapest * Self.worthwhile }
      .map { ($0.candidate.split, $0.candidate.bits) }
  }

  private func ranges(_ points: [TunePoint]) -> [TuneCandidate] {
    let clip = QuantizerSettings(source: .middle(percent: 99.9))
    let wideClip = QuantizerSettings(source: .middle(percent: 99.99))
    return centres(points).flatMap { split, bits in
      var candidates: [TuneCandidate] = []
      func add(_ bits: Int, _ quantizers: [QuantizerSettings]) {
        guard Self.bitRange.contains(bits) else { return }
        candidates += quantizers.map {
          TuneCandidate(split: split, bits: bits, quantizer: $0)
        }
      }
      let held = looksBack ? [QuantizerSettings(headroom: QuantizerSettings.usualHeadroom)] : []
      let joint = QuantizerSettings(
        isJoint: true, headroom: looksBack ? Self.jointHeadroom : nil)
      add(bits - 1, [clip, QuantizerSettings(layout: .channel)])
      add(bits, [clip, wideClip, joint] + held)
      add(bits + 1, [.paper, joint] + held)
      return candidates
    }
  }

  /// What D does to the accuracy of a setting depends on this.
  private enum Kind: CaseIterable {
    case moving, held, jointHeld

    init(_ quantizer: QuantizerSettings) {
      self = quantizer.headroom == nil ? .moving : quantizer.isJoint ? .jointHeld : .held
    }
  }

  /// Per split and bit depth around the centre, the settings that D is added to: of each kind, the
  /// cheapest without D that keeps the floor, or the one that misses it least and narrowly.
  private func bases(_ points: [TunePoint]) -> [TunePoint] {
    guard looksBack else { return [] }
    return centres(points).flatMap { split, bits in
      (bits - 1...bits + 1).flatMap { bits in
        Kind.allCases.compactMap { kind in
          let own = points.filter {
            $0.candidate.split == split && $0.candidate.bits == bits
              && $0.candidate.quantizer.stickiness == nil
              && Kind($0.candidate.quantizer) == kind
          }
          return best(of: own)
            ?? own.filter { $0.accuracy >= floor - Self.nearMiss }.max { $0.accuracy < $1.accuracy }
        }
      }
    }
  }

  private func firstSteps(_ points: [TunePoint]) -> [TuneCandidate] {
    bases(points).flatMap { base in Self.firstSteps.map { sticky(base.candidate, $0) } }
  }

  private func bisection(_ points: [TunePoint]) -> [TuneCandidate] {
    guard let best = best(of: points) else { return [] }
    return bases(points).compactMap { base in
      let family = points.filter {
        $0.candidate.quantizer.stickiness != nil
          && sticky(base.candidate, $0.candidate.quantizer.stickiness ?? 0) == $0.candidate
      }
      let good = passing(family + [base]).max { steps($0) < steps($1) }
      let low = good.map(steps) ?? 0
      guard let good, good.bytes <= best.bytes * Self.nearBest,
        let high = family.filter({ $0.accuracy < floor && steps($0) > low }).map(steps).min(),
        high - low > Self.finestStep
      else { return nil }
      return sticky(base.candidate, (low + high) / 2)
    }
  }

  private func steps(_ point: TunePoint) -> Double { point.candidate.quantizer.stickiness ?? 0 }

  private func sticky(_ base: TuneCandidate, _ steps: Double) -> TuneCandidate {
    TuneCandidate(
      split: base.split, bits: base.bits, quantizer: base.quantizer.sticking(within: steps))
  }
}
