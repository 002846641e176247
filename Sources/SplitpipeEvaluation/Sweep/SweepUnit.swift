import SplitpipeCodec
import SplitpipeCore

/// One way to get from a picture to an answer, whose answers are scored by themselves.
///
/// Codecs lose nothing, so all codecs of one split and bit depth share one unit: the tail runs once.
struct SweepUnit: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// The model uncut on the picture as it is.
    case unsplit
    /// Cut, quantized, and coded by each codec.
    case split(Setting)
    /// The picture as JPEG of this quality, then the model uncut.
    case jpeg(Int)
    /// The picture as H.264 of this constant rate factor, then the model uncut.
    case h264(Int)
  }

  /// How tensors cross a cut.
  struct Setting: Sendable, Hashable {
    /// The place of the split in the request.
    let split: Int
    let depth: BitDepth
    let codecs: [CodecName]
  }

  let kind: Kind
  /// Names the unit in the state file.
  let key: String

  /// Lists the units of a request, the unsplit model first.
  ///
  /// - Throws: `usage` for an unknown codec, a bit depth out of range, or 32 bits without a codec
  ///   that sends float32.
  static func all(_ request: EvaluationRequest) throws -> [SweepUnit] {
    let codecs = try unique(request.codecs).map { try CodecName.parse($0) }
    guard !codecs.isEmpty, !request.bits.isEmpty, !request.splits.isEmpty else {
      throw SplitpipeError(.usage, "give at least one split, one bit depth and one codec")
    }
    let named = request.onlyNamed ? "named " : ""
    var units = [SweepUnit(kind: .unsplit, key: "unsplit")]
    for (index, split) in request.splits.enumerated() {
      for bits in unique(request.bits) {
        guard let depth = BitDepth(bits) else {
          throw SplitpipeError(.usage, "bits are 2 to 8, or 32 for float32, not \(bits)")
        }
        let fitting = codecs.filter { (try? CodecSettings(codec: $0, bits: depth)) != nil }
        // All codecs refuse: the first says why.
        if fitting.isEmpty { _ = try CodecSettings(codec: codecs[0], bits: depth) }
        let list = fitting.map(\.rawValue).joined(separator: ",")
        units.append(
          SweepUnit(
            kind: .split(Setting(split: index, depth: depth, codecs: fitting)),
            key: "\(named)\(split) \(depth) \(list)"))
      }
    }
    units += unique(request.jpegQualities).map { SweepUnit(kind: .jpeg($0), key: "jpeg \($0)") }
    units += unique(request.h264Factors).map { SweepUnit(kind: .h264($0), key: "h264 \($0)") }
    return units
  }
}

/// The elements without repetitions, in order.
func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}
