public import SplitpipeCodec
public import SplitpipeCore
public import SplitpipeDetection
public import SplitpipeModel
internal import Synchronization

/// A model, cut at a split and compiled for the input sizes that come along.
///
/// Compiled parts are kept for the sizes used last; at most `maximumSizes` of them.
public final class SplitModel: Sendable {
  /// What can be compiled of a model.
  package enum Part: Hashable, Sendable { case head, tail, unsplit }

  /// How parts are compiled and kept.
  public struct Settings: Sendable {
    /// The arithmetic they run in.
    public var precision = Precision.auto
    /// Threads of one inference; nil leaves it to the engine.
    public var threads: Int?
    /// Input sizes whose parts are kept compiled.
    public var maximumSizes = 4

    /// What suits most machines.
    public init() {}
  }

  private struct Entry: Sendable {
    /// nil as long as only the whole was asked for.
    var cut: Cut?
    var compiled: [Part: any CompiledGraph] = [:]
  }

  /// The model uncut.
  public let whole: Model
  /// The name of the split.
  public let split: String
  private let engine: any InferenceEngine
  private let settings: Settings
  /// By size of the network's input.
  private let entries: Mutex<RecentlyUsed<PixelSize, Entry>>

  /// - Parameters:
  ///   - model: what is cut.
  ///   - split: where.
  ///   - engine: what compiles it.
  ///   - settings: how.
  public convenience init(
    model: Model, split: String, engine: any InferenceEngine, settings: Settings = Settings()
  ) {
    self.init(model: model, split: split, engine: engine, settings: settings, known: nil)
  }

  /// - Parameters:
  ///   - model: what is cut.
  ///   - split: where.
  ///   - engine: what compiles it.
  ///   - settings: how.
  ///   - known: a cut made before, and its size.
  package init(
    model: Model, split: String, engine: any InferenceEngine, settings: Settings,
    known: (size: PixelSize, cut: Cut)?
  ) {
    var entries = RecentlyUsed<PixelSize, Entry>(capacity: settings.maximumSizes)
    if let known { _ = entries.value(of: known.size) { Entry(cut: known.cut) } }
    self.entries = Mutex(entries)
    whole = model
    self.split = split
    self.engine = engine
    self.settings = settings
  }

  /// Name and version of the engine.
  public var engineDescription: String { engine.description }

  /// Names model and split on the wire.
  public var fingerprint: CutFingerprint {
    CutFingerprint(model: whole.contentHash, split: split)
  }

  /// What turns the model's output into boxes.
  ///
  /// - Parameter settings: which boxes it keeps.
  /// - Returns: the detector.
  /// - Throws: `badData` where the model is no detector splitpipe knows.
  public func detector(_ settings: DetectionSettings) throws -> Detector {
    guard let kind = whole.detector else {
      throw SplitpipeError(
        .badData,
        "the output of \(whole.name) matches no detector splitpipe knows (YOLOv5, YOLOX, YOLOv8, "
          + "end-to-end, RT-DETR)"
          + (whole.headProblem.map { ": \($0)" }
            ?? "; splitpipe models inspect shows what it is"))
    }
    return Detector(kind: kind, classCount: whole.classNames.count, settings: settings)
  }

  /// Names and shapes of the tensors that cross at an input size, in the order of the cut.
  ///
  /// - Parameter size: width and height of the network's input.
  /// - Returns: the names are those of head and tail.
  /// - Throws: as `cut(at:)`.
  public func crossing(at size: PixelSize) throws -> [TensorDescription] {
    try cut(at: size).frontier.map { TensorDescription(name: $0.name, shape: $0.shape) }
  }

  /// The cut at an input size.
  ///
  /// - Parameter size: width and height of the network's input.
  /// - Returns: frontier, head and tail.
  /// - Throws: `usage` for an unknown split, `badData` for a size the model does not take.
  package func cut(at size: PixelSize) throws -> Cut {
    try entries.withLock { entries in
      try entries.use(size, make: { Entry(cut: try makeCut(at: size)) }) { entry in
        try cut(of: &entry, at: size)
      }
    }
  }

  /// A compiled part of the model at an input size.
  ///
  /// - Parameters:
  ///   - part: head, tail or the whole.
  ///   - size: width and height of the network's input.
  /// - Returns: the part, compiled on first use.
  /// - Throws: what `cut(at:)` throws, `badData` where the engine refuses the graph.
  package func compiled(_ part: Part, at size: PixelSize) throws -> any CompiledGraph {
    try entries.withLock { entries in
      let make = { Entry(cut: part == .unsplit ? nil : try self.makeCut(at: size)) }
      return try entries.use(size, make: make) { entry in
        if let graph = entry.compiled[part] { return graph }
        let graph = try compile(part, of: &entry, at: size)
        entry.compiled[part] = graph
        return graph
      }
    }
  }

  private func cut(of entry: inout Entry, at size: PixelSize) throws -> Cut {
    if let cut = entry.cut { return cut }
    let cut = try makeCut(at: size)
    entry.cut = cut
    return cut
  }

  private func makeCut(at size: PixelSize) throws -> Cut {
    try SplitpipeModel.cut(whole.graph(size), at: split)
  }

  private func compile(
    _ part: Part, of entry: inout Entry, at size: PixelSize
  ) throws -> any CompiledGraph {
    func takingBytes(_ graph: ModelGraph) -> ModelGraph {
      prependingByteInput(
        graph, scale: whole.geometry.byteScale, normalization: whole.geometry.normalization)
    }
    if part == .unsplit, let network = whole.network {
      return try engine.compile(
        network, behind: onnxBytes(of: takingBytes(.picture(size))), name: whole.name,
        precision: settings.precision, threads: settings.threads)
    }
    let graph =
      switch part {
      case .head: takingBytes(try cut(of: &entry, at: size).head)
      case .tail: try cut(of: &entry, at: size).tail
      case .unsplit: try takingBytes(whole.graph(size))
      }
    let what =
      switch part {
      case .head: "the head of \(whole.name) up to \(split)"
      case .tail: "the tail of \(whole.name) after \(split)"
      case .unsplit: whole.name
      }
    return try engine.compile(
      graph, name: what, precision: settings.precision,
      threads: settings.threads)
  }
}
