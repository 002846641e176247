import SplitpipeCore

/// The boxes of one frame whose score is above a threshold, best first, not yet suppressed.
///
/// One scan of the output serves every setting whose confidence is at least the scan's.
package struct Candidates: Sendable {
  /// Boxes that were left out because a coordinate or a score was not a finite number, a size was
  /// negative or a class was none of the model's. A sound model makes none.
  package let dropped: Int
  /// The threshold of the scan.
  package let confidence: Float
  /// The largest score that is none: scores are probabilities; nil where all of them are.
  let excess: Float?

  /// Ascending keys: the inverted bits of the score, then anchor · classCount + class. So the best
  /// score comes first, and of equal scores the one of the lower anchor, then of the lower class.
  let keys: [UInt64]
  let decoder: BoxDecoder
  let output: Tensor<Float>
  let letterbox: Letterbox

  package var count: Int { keys.count }

  init(
    decoder: BoxDecoder, output: Tensor<Float>, letterbox: Letterbox, confidence: Float
  ) {
    var scan = Scan(decoder: decoder, threshold: confidence)
    switch decoder.scores {
    case .objectness: scan.objects(output.values.span)
    case .classes: scan.classes(output.values.span)
    case .chosen: scan.chosen(output.values.span)
    }
    scan.keys.sort()
    self.dropped = scan.dropped
    excess = scan.excess > Self.greatestScore ? scan.excess : nil
    self.confidence = confidence
    self.keys = scan.keys
    self.decoder = decoder
    self.output = output
    self.letterbox = letterbox
  }
}

extension Candidates {
  /// A probability is at most 1, and a hair more where a network of integers rounds it.
  static let greatestScore: Float = 1.05
}

/// A pass over an output that collects the keys of candidates.
private struct Scan {
  let decoder: BoxDecoder
  let threshold: Float
  var keys: [UInt64] = []
  var dropped = 0
  /// The largest of the scores, and of the factors that they are products of.
  var excess: Float = 0

  /// Rows that begin with a box and its objectness: most are done after one comparison.
  mutating func objects(_ values: borrowing Span<Float>) {
    let classCount = decoder.classCount
    for anchor in 0..<decoder.anchors {
      let row = anchor * decoder.anchorStep
      let objectness = values[row + 4]
      // Not a number is neither greater nor less: it goes on and is counted below.
      if objectness <= threshold { continue }
      guard objectness.isFinite, decoder.box(anchor, values) != nil else {
        dropped += 1
        continue
      }
      excess = max(excess, objectness)
      let firstID = anchor * classCount
      for index in 0..<classCount {
        let score = objectness * values[row + 5 + index]
        if score <= threshold { continue }
        if score.isFinite { excess = max(excess, values[row + 5 + index]) }
        append(score, id: firstID + index)
      }
    }
  }

  /// Scores without objectness, one class after the other.
  mutating func classes(_ values: borrowing Span<Float>) {
    for index in 0..<decoder.classCount {
      let row = (4 + index) * decoder.fieldStep
      for anchor in 0..<decoder.anchors {
        let score = values[row + anchor * decoder.anchorStep]
        if score <= threshold { continue }
        guard decoder.box(anchor, values) != nil else {
          dropped += 1
          continue
        }
        append(score, id: anchor * decoder.classCount + index)
      }
    }
  }

  /// Rows of a box, its score and the number of its class.
  mutating func chosen(_ values: borrowing Span<Float>) {
    for anchor in 0..<decoder.anchors {
      let row = anchor * decoder.anchorStep
      let score = values[row + 4]
      if score <= threshold { continue }
      guard let index = Int(exactly: values[row + 5]), (0..<decoder.classCount).contains(index),
        decoder.box(anchor, values) != nil
      else {
        dropped += 1
        continue
      }
      append(score, id: anchor * decoder.classCount + index)
    }
  }

  private mutating func append(_ score: Float, id: Int) {
    guard score.isFinite else {
      dropped += 1
      return
    }
    excess = max(excess, score)
    // Bits of positive floats are ordered as the floats are.
    keys.append(UInt64(~score.bitPattern) << 32 | UInt64(id))
  }
}
