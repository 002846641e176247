import SplitpipeCodec
import SplitpipeCore

/// One way to get from a picture to an answer, whose answers are scored by themselves.
///
/// Codecs lose nothing, so all codecs of one split, bit depth and quantizer share one unit: the tail
/// runs once.
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
    let quantizer: QuantizerSettings
    let codecs: [CodecName]
    /// Frames of a video from one key frame to the next at the latest.
    let keyInterval: Int

    /// Whether what a frame of a video takes, or becomes, depends on the frames before it.
    var looksBack: Bool {
      depth.isQuantized && (quantizer.remembers || codecs.contains(where: \.isTemporal))
    }

    /// The codec by which it is decided whether a frame may lean on another: for all of them the
    /// same, since those that never look back code every frame as a key frame anyway.
    var decidingCodec: CodecName? { codecs.first(where: \.isTemporal) ?? codecs.first }
  }

  let kind: Kind
  /// Names the unit in the state file.
  let key: String

  /// Lists the units of a request, the unsplit model first.
  ///
  /// - Throws: `usage` for an unknown codec or quantizer, a bit depth out of range, or 32 bits
  ///   without a codec that sends float32.
  static func all(_ request: EvaluationRequest) throws -> [SweepUnit] {
    let codecs = try request.codecs.uniqued().map { try CodecName.parse($0) }
    let quantizers = try request.quantizers.map { try QuantizerSettings.parse($0) }.uniqued()
    guard !codecs.isEmpty, !request.bits.isEmpty, !request.splits.isEmpty, !quantizers.isEmpty
    else {
      throw SplitpipeError(
        .usage, "give at least one split, one bit depth, one codec and one quantizer")
    }
    guard (1...1_000_000).contains(request.keyInterval) else {
      throw SplitpipeError(
        .usage, "--key-interval is 1 to 1000000 frames, not \(request.keyInterval)")
    }
    var units = [unsplit]
    for (index, split) in request.splits.enumerated() {
      for bits in request.bits.uniqued() {
        guard let depth = BitDepth(bits) else {
          throw SplitpipeError(.usage, "bits are 2 to 8, or 32 for float32, not \(bits)")
        }
        let fitting = codecs.filter { (try? CodecSettings(codec: $0, bits: depth)) != nil }
        // All codecs refuse: the first says why.
        if fitting.isEmpty { _ = try CodecSettings(codec: codecs[0], bits: depth) }
        // Float32 values travel as they are.
        for quantizer in depth.isQuantized ? quantizers : [.paper] {
          units.append(
            SweepUnit(
              Setting(
                split: index, depth: depth, quantizer: quantizer, codecs: fitting,
                keyInterval: request.keyInterval),
              of: split, onlyNamed: request.onlyNamed))
        }
      }
    }
    units += request.jpegQualities.uniqued().map { SweepUnit(kind: .jpeg($0), key: "jpeg \($0)") }
    units += request.h264Factors.uniqued().map { SweepUnit(kind: .h264($0), key: "h264 \($0)") }
    return units
  }

  static let unsplit = SweepUnit(kind: .unsplit, key: "unsplit")

  /// One way to cross a cut.
  ///
  /// - Parameters:
  ///   - setting: how.
  ///   - split: the name of the split.
  ///   - onlyNamed: whether only the tensor that the split names is quantized and counted.
  init(_ setting: Setting, of split: String, onlyNamed: Bool) {
    kind = .split(setting)
    let interval = setting.looksBack ? " every \(setting.keyInterval)" : ""
    let codecs = setting.codecs.map(\.rawValue).joined(separator: ",")
    key =
      "\(onlyNamed ? "named " : "")\(split) \(setting.depth) \(setting.quantizer)\(interval) "
      + codecs
  }

  private init(kind: Kind, key: String) {
    self.kind = kind
    self.key = key
  }

  /// Whether it must be given every frame of a video in order, also those whose results are there.
  var looksBack: Bool {
    switch kind {
    case .unsplit, .jpeg: false
    case .h264: true
    case .split(let setting): setting.looksBack
    }
  }
}

/// The elements without repetitions, in order.
func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}
