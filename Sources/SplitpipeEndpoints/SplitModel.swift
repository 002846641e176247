package import SplitpipeCodec
package import SplitpipeCore
package import SplitpipeDetection
package import SplitpipeModel
internal import Synchronization

/// A model, cut at a split and compiled for the input sizes that come along.
///
/// Compiled segments are kept for the sizes used last; at most `maximumSizes` of them.
package final class SplitModel: Sendable {
  /// What can be compiled of a model.
  package enum Part: Hashable, Sendable { case head, tail, unsplit }

  package struct Settings: Sendable {
    package var precision = Precision.auto
    /// Threads of one inference; nil leaves it to the engine.
    package var threads: Int?
    /// Input sizes whose segments are kept compiled.
    package var maximumSizes = 4

    package init() {}
  }

  private struct Entry {
    let size: PixelSize
    var cut: Cut
    var segments: [Part: any CompiledGraph] = [:]
  }

  /// The model uncut.
  package let whole: Model
  package let split: String
  private let engine: any InferenceEngine
  private let settings: Settings
  /// The most recently used size last.
  private let entries = Mutex<[Entry]>([])

  /// - Parameters:
  ///   - model: what is cut.
  ///   - split: where.
  ///   - engine: what compiles it.
  ///   - settings: how.
  ///   - known: a cut made before, and its size.
  package init(
    model: Model, split: String, engine: any InferenceEngine, settings: Settings,
    known: (size: PixelSize, cut: Cut)? = nil
  ) {
    if let known { entries.withLock { $0.append(Entry(size: known.size, cut: known.cut)) } }
    whole = model
    self.split = split
    self.engine = engine
    self.settings = settings
  }

  package var engineDescription: String { engine.description }

  /// Names model and split on the wire.
  package var fingerprint: CutFingerprint {
    CutFingerprint(model: whole.contentHash, split: split)
  }

  /// What turns the model's output into boxes.
  ///
  /// - Parameter settings: which boxes it keeps.
  /// - Returns: the detector.
  /// - Throws: `badData` where the model is no detector splitpipe knows.
  package func detector(_ settings: DetectionSettings) throws -> Detector {
    guard let kind = whole.detector else {
      throw SplitpipeError(
        .badData,
        "the output of \(whole.name) matches no detector splitpipe knows "
          + "(YOLOv5, YOLOX, YOLOv8); splitpipe models inspect shows what it is")
    }
    return Detector(kind: kind, classCount: whole.classNames.count, settings: settings)
  }

  /// Names and shapes of the tensors that cross at an input size, in the order of the cut.
  ///
  /// - Parameter size: width and height of the network's input.
  /// - Returns: the names are those of head and tail.
  /// - Throws: as `cut(at:)`.
  package func crossing(at size: PixelSize) throws -> [TensorDescription] {
    try cut(at: size).frontier.map { TensorDescription(name: $0.name, shape: $0.shape) }
  }

  /// The cut at an input size.
  ///
  /// - Parameter size: width and height of the network's input.
  /// - Returns: frontier, head and tail.
  /// - Throws: `usage` for an unknown split, `badData` for a size the model does not take.
  package func cut(at size: PixelSize) throws -> Cut {
    try entries.withLock { entries in entries[try entry(for: size, in: &entries)].cut }
  }

  /// A compiled part of the model at an input size.
  ///
  /// - Parameters:
  ///   - part: head, tail or the whole.
  ///   - size: width and height of the network's input.
  /// - Returns: the segment, compiled on first use.
  /// - Throws: what `cut(at:)` throws, `badData` where the engine refuses the graph.
  package func compiled(_ part: Part, at size: PixelSize) throws -> any CompiledGraph {
    try entries.withLock { entries in
      let index = try entry(for: size, in: &entries)
      if let segment = entries[index].segments[part] { return segment }
      let segment = try compile(part, cut: entries[index].cut, size: size)
      entries[index].segments[part] = segment
      return segment
    }
  }

  private func entry(for size: PixelSize, in entries: inout [Entry]) throws -> Int {
    if let index = entries.firstIndex(where: { $0.size == size }) {
      if index != entries.count - 1 { entries.append(entries.remove(at: index)) }
    } else {
      let cut = try SplitpipeModel.cut(whole.graph(size), at: split)
      if entries.count >= settings.maximumSizes { entries.removeFirst() }
      entries.append(Entry(size: size, cut: cut))
    }
    return entries.count - 1
  }

  private func compile(
    _ part: Part, cut: Cut, size: PixelSize
  ) throws -> any CompiledGraph {
    func takingBytes(_ graph: ModelGraph) -> ModelGraph {
      prependingByteInput(
        graph, scale: whole.geometry.byteScale, normalization: whole.geometry.normalization)
    }
    let graph =
      switch part {
      case .head: takingBytes(cut.head)
      case .tail: cut.tail
      case .unsplit: try takingBytes(whole.graph(size))
      }
    let what =
      switch part {
      case .head: "the head of \(whole.name) up to \(split)"
      case .tail: "the tail of \(whole.name) after \(split)"
      case .unsplit: whole.name
      }
    return try engine.compile(
      onnx: onnxBytes(of: graph), name: what, precision: settings.precision,
      threads: settings.threads)
  }
}
