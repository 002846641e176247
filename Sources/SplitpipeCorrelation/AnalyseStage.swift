import SplitpipeAnalysis
import SplitpipeCore
import SplitpipeModel
import SplitpipePipeline
import SplitpipeStages

/// Counts every tensor of every frame, and divides the video into stretches where asked to.
struct AnalyseStage: Stage {
  static let name = "analyse"
  static let summary = "counts"
  static let reads: SlotSet = [Slots.frame, Slots.input, Slots.frontier]

  private let context: CorrelationContext
  private var analysers: [TensorAnalyser] = []
  private var finder: StretchFinder<CorrelationPart>?
  private var change: PixelChange
  private var bytes: CodecBytes
  private var result = CorrelationResult()
  private var size: PixelSize?
  private var greatestChange = -1.0

  /// Seconds over which slow movement adds up, and the least length of a stretch.
  private static let lookBack = 0.4
  private static let leastStretch = 0.8

  init(_ context: CorrelationContext, _ options: Options) {
    self.context = context
    let request = context.request
    let rate = (context.source.information.framesPerSecond ?? 25) / Double(request.every)
    change = PixelChange(distance: Int((Self.lookBack * rate).rounded()))
    bytes = CodecBytes(codecs: context.codecs, bits: request.bits.uniqued())
    if request.findsSegments {
      finder = StretchFinder(least: Int((Self.leastStretch * rate).rounded())) { $0.merge($1) }
    }
  }

  mutating func process(_ record: inout FrameRecord) async throws {
    let frame = try record.require(Slots.frame)
    let input = try record.require(Slots.input)
    let letterbox = input.letterbox
    let tensors = try labelled(record.require(Slots.frontier), at: letterbox.input)
    if analysers.isEmpty { begin(tensors.count, isTemporal: frame.fileName == nil) }
    noteSize(of: frame)
    try bytes.add(tensors, stamp: frame.stamp)
    let changed = change.observe(input.tensor)
    if frame.fileName == nil, changed ?? 0 > greatestChange,
      result.picture.map({ $0.letterbox.frame == letterbox.frame }) ?? true
    {
      greatestChange = changed ?? 0
      result.picture = (frame, letterbox)
    }
    guard finder != nil else {
      try Self.add(tensors, frame.stamp, to: &result.whole, &analysers)
      return
    }
    let done = try finder?.observe(
      isMoving: changed.map { $0 > PixelChange.movingShare }, empty: { CorrelationPart() },
      add: { try Self.add(tensors, frame.stamp, to: &$0, &analysers) })
    if let done { complete(done) }
  }

  mutating func finish() async throws {
    if let last = finder?.finish() { complete(last) }
    if finder != nil {
      result.whole.merge(result.still)
      result.whole.merge(result.moving)
    }
    result.bytes = result.whole.tensors.indices.map { bytes.mean(ofTensor: $0) }
    noteWhatIsMissing()
    context.ledger.result = result
  }

  /// The tensors under the names that people call them.
  private func labelled(_ frontier: Frontier, at size: PixelSize) throws -> [NamedTensor] {
    let labels = try context.model.tensors(at: size)
    return frontier.tensors.map { tensor in
      let label = labels.first { $0.name == tensor.name }?.label ?? tensor.name
      return NamedTensor(name: label, tensor: tensor.tensor)
    }
  }

  private mutating func begin(_ count: Int, isTemporal: Bool) {
    let settings = TensorAnalyser.Settings(
      bits: context.request.bits.uniqued(), keyInterval: context.request.keyInterval,
      isTemporal: isTemporal)
    analysers = (0..<count).map { _ in TensorAnalyser(settings) }
    if !isTemporal {
      result.notes.append(
        "image files do not follow one another in time: numbers given the frame before are absent")
      finder = nil
    }
  }

  private static func add(
    _ tensors: [NamedTensor], _ stamp: FrameStamp, to part: inout CorrelationPart,
    _ analysers: inout [TensorAnalyser]
  ) throws {
    for (index, tensor) in tensors.enumerated() {
      if part.tensors.count == index {
        part.tensors.append(analysers[index].statistics(for: tensor))
      }
      do throws(SplitpipeError) {
        try analysers[index].observe(tensor, into: &part.tensors[index])
      } catch {
        throw SplitpipeError(error.kind, "frame \(stamp.index): \(error.message)")
      }
    }
    part.first = part.first ?? stamp
    part.last = stamp
  }

  private mutating func complete(_ stretch: StretchFinder<CorrelationPart>.Stretch) {
    let part = stretch.content
    result.segments.append(
      CorrelationSummary.Segment(
        kind: stretch.isMoving ? "moving" : "still", firstFrame: part.first?.index ?? 0,
        lastFrame: part.last?.index ?? 0, firstSeconds: part.first?.seconds ?? 0,
        lastSeconds: part.last?.seconds ?? 0, frames: part.frames,
        tensors: part.tensors.map {
          CorrelationSummary.Tensor($0, keyInterval: context.request.keyInterval)
        }))
    if stretch.isMoving { result.moving.merge(part) } else { result.still.merge(part) }
  }

  private mutating func noteSize(of frame: Frame) {
    let found = PixelSize(width: frame.picture.width, height: frame.picture.height)
    defer { size = found }
    guard let size, found != size, frame.fileName == nil else { return }
    guard !result.notes.contains(where: { $0.contains("changes its size") }) else { return }
    result.notes.append(
      "the video changes its size at frame \(frame.stamp.index), from \(size) to \(found): the "
        + "analysis goes on, but compares no tensor with one of another size, and the heat map is "
        + "of frames of the first size")
  }

  private mutating func noteWhatIsMissing() {
    guard let first = result.whole.tensors.first else { return }
    if first.frames == 1, first.comparedFrames == 0, result.notes.isEmpty {
      result.notes.append(
        "there is one frame: numbers given the frame before are absent; a video has them")
    }
    for bits in context.request.bits.uniqued() where first.comparedFrames > 0 {
      let smallest = result.whole.tensors.map(\.shape.count).min() ?? 0
      if smallest * first.comparedFrames < 8 << (3 * bits) {
        result.notes.append(
          "at \(bits) bits, entropies given two codes are estimated low: \(1 << (3 * bits)) counts "
            + "from \(smallest * first.comparedFrames) coefficients; more frames help")
      }
    }
  }
}
