import SplitpipeCodec
import SplitpipeCore

/// A setting that a search may try.
struct TuneCandidate: Hashable, Sendable {
  /// The place of the split in the request.
  var split: Int
  var bits: Int
  var quantizer: QuantizerSettings
}

/// A setting with what trying it showed.
struct TunePoint: Sendable {
  let candidate: TuneCandidate
  /// Mean bytes of a frame.
  let bytes: Double
  let accuracy: Double

  /// Whether this is the better answer of two that keep the floor.
  func isCheaper(than other: TunePoint) -> Bool {
    (bytes, -accuracy, candidate.bits) < (other.bytes, -other.accuracy, other.candidate.bits)
  }
}
