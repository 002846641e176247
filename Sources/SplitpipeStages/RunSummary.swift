package import SplitpipeCore
package import SplitpipeModel

/// What `splitpipe run --summary` writes; the keys are the command line's contract.
package struct RunSummary: Encodable, Sendable {
  package struct FrontierTensor: Encodable, Sendable {
    package var name: String
    package var shape: [Int]
    package var rawBytes: Int

    package init(_ tensor: CrossingTensor) {
      name = tensor.label
      shape = tensor.shape.dimensions
      rawBytes = tensor.rawBytes
    }
  }

  /// Mean bytes of one frame.
  package struct BytesPerFrame: Encodable, Sendable {
    /// Float32 bytes of the frontier.
    package var raw: Double
    /// Bytes on the wire, headers included.
    package var coded: Double
    /// Bytes of the compressed video or image.
    package var source: Double
  }

  /// Means over all frames but the first; see `TemporalChange`.
  package struct Temporal: Encodable, Sendable {
    package var rangeRatio: Double
    package var unchangedFraction: Double
  }

  /// How long a stage worked on a frame.
  package struct StageSummary: Encodable, Sendable {
    package var name: String
    package var medianSeconds: Double
    package var p99Seconds: Double

    private enum CodingKeys: CodingKey { case medianSeconds, p99Seconds }
  }

  /// How many boxes of a class were found.
  package struct ClassCount: Sendable {
    package var name: String
    package var count: Int
  }

  /// The split of a network that was not cut.
  package static let noSplit = "none"

  package var input: String
  package var model: String
  /// `none` where the network ran whole.
  package var split: String
  package var bits: Int
  package var codec: String
  /// As `--quantizer` takes it.
  package var quantizer: String
  package var precision: String
  package var engine: String
  package var frames: Int
  /// Corrupt packets or unreadable images passed over, and frames known to be missing.
  package var skipped: Int
  /// Packets of no use; their frames have no boxes and are scored as such.
  package var refused: Int
  /// Whether the user stopped it, or the input broke off.
  package var interrupted: Bool
  package var framesPerSecond: Double
  package var frontier: [FrontierTensor]
  package var bytesPerFrame: BytesPerFrame
  package var bitsPerCoefficient: Double
  /// Frames that lean on no other: all of them where neither codec nor quantizer looks back.
  package var keyFrames: Int
  /// Share of coefficients outside the range of their codes.
  package var clampedFraction: Double
  /// nil where no frame had one before it.
  package var temporal: Temporal?
  /// `truth` or `unsplit`; nil where the pipeline scores nothing.
  package var reference: String?
  package var map50: Double?
  package var map50_95: Double?
  /// Boxes found by class, the most first.
  package var boxes: [ClassCount]
  /// The boxes themselves where there was a single frame; not part of the file.
  package var onlyFrame: [(name: String, detection: Detection)]
  /// What crossed to a server; nil where head and tail were one process, and then not in the file.
  package var link: LinkSummary?
  /// In the order of the pipeline; an object by name in the file.
  package var stages: [StageSummary]
  /// Sentences for the user on what came out of the run, such as labels of frames that were not there.
  package var notes: [String] = []

  private enum CodingKeys: String, CodingKey {
    case input, model, split, bits, codec, quantizer, precision, engine, frames, skipped, refused
    case interrupted, framesPerSecond, frontier, bytesPerFrame, bitsPerCoefficient, keyFrames
    case clampedFraction, temporal, reference, map50, boxes, stages
    case map50_95, notes, link
  }

  /// Writes every key; a number that does not exist is null, so that a script finds the key.
  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(input, forKey: .input)
    try keys.encode(model, forKey: .model)
    try keys.encode(split, forKey: .split)
    try keys.encode(bits, forKey: .bits)
    try keys.encode(codec, forKey: .codec)
    try keys.encode(quantizer, forKey: .quantizer)
    try keys.encode(precision, forKey: .precision)
    try keys.encode(engine, forKey: .engine)
    try keys.encode(frames, forKey: .frames)
    try keys.encode(skipped, forKey: .skipped)
    try keys.encode(refused, forKey: .refused)
    try keys.encode(interrupted, forKey: .interrupted)
    try keys.encode(framesPerSecond, forKey: .framesPerSecond)
    try keys.encode(frontier, forKey: .frontier)
    try keys.encode(bytesPerFrame, forKey: .bytesPerFrame)
    try keys.encode(bitsPerCoefficient, forKey: .bitsPerCoefficient)
    try keys.encode(keyFrames, forKey: .keyFrames)
    try keys.encode(clampedFraction, forKey: .clampedFraction)
    try keys.encode(temporal, forKey: .temporal)
    try keys.encode(reference, forKey: .reference)
    try keys.encode(map50, forKey: .map50)
    try keys.encode(map50_95, forKey: .map50_95)
    try keys.encode(byName(boxes.map { ($0.name, $0.count) }), forKey: .boxes)
    try keys.encode(byName(stages.map { ($0.name, $0) }), forKey: .stages)
    try keys.encode(notes, forKey: .notes)
    try keys.encodeIfPresent(link, forKey: .link)
  }

  /// Two classes of one name are counted together.
  private func byName(_ counts: [(String, Int)]) -> [String: Int] {
    Dictionary(counts, uniquingKeysWith: +)
  }

  private func byName(_ stages: [(String, StageSummary)]) -> [String: StageSummary] {
    Dictionary(uniqueKeysWithValues: stages)
  }
}
