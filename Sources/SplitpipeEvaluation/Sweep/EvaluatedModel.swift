import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeModel
import SplitpipeModelStore
import SplitpipeStages

/// A model with what a sweep needs of it: how pictures are prepared, how answers are read, and one
/// compiled model per split.
struct EvaluatedModel: Sendable {
  enum Task: Sendable {
    case detection(Detector)
    case classification(classCount: Int)
  }

  private let model: Model
  let task: Task
  let preparation: InputPreparation
  /// One per split of the request, in its order.
  private(set) var splits: [SplitModel]
  /// Another model that runs uncut instead of this one; nil for none.
  private let other: Model?
  /// Runs uncut.
  private(set) var whole: SplitModel
  /// Names of the tensors that cross at each split, and of the one that it names.
  let crossing: [(all: [String], named: String)]
  /// Sentences for the user on where it is cut.
  let notes: [String]
  private let precision: Precision

  /// Cuts a model at every split, without compiling anything.
  ///
  /// - Parameters:
  ///   - request: what the user asks.
  ///   - engine: what compiles the model.
  /// - Throws: what reading and cutting the model throw, `badData` for a model that neither detects
  ///   nor classifies.
  init(_ request: EvaluationRequest, engine: (() throws -> any InferenceEngine)) throws {
    var model = try loadModel(path: try resolveModel(request.model))
    let preparation = try InputPreparation(for: model, request.input)
    model.geometry = preparation.geometry
    let probe = model.geometry.largestInput
    task =
      if let kind = model.detector {
        .detection(
          Detector(kind: kind, classCount: model.classNames.count, settings: .evaluation))
      } else {
        .classification(classCount: try Self.classCount(of: model, at: probe))
      }
    let chosen =
      request.splits.isEmpty
      ? [try defaultSplit(of: model, at: probe)] : request.splits.map(DefaultSplit.init(named:))
    notes = chosen.compactMap(\.note)
    let names = chosen.map(\.name)
    crossing = try names.map { [model] split in
      let cut = try cut(model.graph(probe), at: split)
      return (cut.frontier.map(\.label), cut.frontier[cut.namedIndex].label)
    }
    other = try request.reference.map { try model.reference(loadModel(path: resolveModel($0))) }
    self.model = model
    self.preparation = preparation
    precision = request.precision
    let runtime = try engine()
    splits = Self.splits(
      names, of: model, engine: runtime, precision: request.precision, threads: nil,
      // A coder may cut the edge of a frame, and with it the network's input.
      sizes: 2)
    whole = splits[0]
    if let other {
      whole =
        Self.splits(
          names, of: other, engine: runtime, precision: request.precision, threads: nil, sizes: 2)[
          0]
    }
  }

  /// The same with compiled networks of its own, whose inferences take no turns with this one's.
  ///
  /// - Parameter threads: of one inference.
  /// - Returns: the copy.
  /// - Throws: `unavailable` without the runtime.
  func separate(threads: Int) throws -> EvaluatedModel {
    var separate = self
    let engine = try OpenVINOEngine()
    func cut(_ model: Model) -> [SplitModel] {
      Self.splits(
        splits.map(\.split), of: model, engine: engine, precision: precision, threads: threads,
        sizes: 1)
    }
    separate.splits = cut(model)
    separate.whole = other.map { cut($0)[0] } ?? separate.splits[0]
    return separate
  }

  private static func splits(
    _ names: [String], of model: Model, engine: any InferenceEngine, precision: Precision,
    threads: Int?, sizes: Int
  ) -> [SplitModel] {
    var settings = SplitModel.Settings()
    settings.precision = precision
    settings.threads = threads
    settings.maximumSizes = sizes
    return names.map { SplitModel(model: model, split: $0, engine: engine, settings: settings) }
  }

  /// Makes the network's input.
  var preparer: any FramePreparer { preparation.preparer }

  /// What names the model cut at each split.
  var fingerprints: [CutFingerprint] { splits.map(\.fingerprint) }

  /// Names the other model that runs uncut; nil where there is none.
  var referenceHash: ContentHash? { other?.contentHash }

  /// What the user called it.
  var name: String { model.name }

  var geometry: InputGeometry { model.geometry }

  var isDetection: Bool {
    if case .detection = task { true } else { false }
  }

  var engineDescription: String { splits[0].engineDescription }

  /// What the classes are called; empty where the model does not say.
  var classNames: [String] { model.classNames }

  func className(_ index: Int) -> String {
    classNames.indices.contains(index) ? classNames[index] : "class \(index)"
  }

  /// How many classes the model tells apart.
  var classCount: Int {
    switch task {
    case .detection(let detector): detector.classCount
    case .classification(let count): count
    }
  }

  /// - Throws: `badData` unless the model's output is 1×classes, for each picture one score a class.
  static func classCount(of model: Model, at size: PixelSize) throws -> Int {
    let graph = try model.graph(size)
    let output = graph.outputs.first ?? ""
    let shape = try graph.inferringShapes().types[output]?.shape
    let extents = (shape?.dimensions ?? []).drop { $0 == 1 }
    guard let count = extents.first, count > 1, extents.dropFirst().allSatisfy({ $0 == 1 }),
      graph.outputs.count == 1
    else {
      throw SplitpipeError(
        .badData,
        "the output of \(model.name) is \(shape?.description ?? "of unknown shape"): neither a "
          + "detector splitpipe knows (YOLOv5, YOLOX, YOLOv8) nor a classifier (1×classes)"
          + (model.headProblem.map { "; \($0)" } ?? ""))
    }
    return count
  }
}

extension Model {
  /// Another model, fed as this one is.
  ///
  /// - Throws: `usage` where it finds other things.
  fileprivate func reference(_ other: Model) throws -> Model {
    guard other.detector != nil || detector == nil, other.classNames.count == classNames.count
    else {
      throw SplitpipeError(
        .usage,
        "--reference is \(other.name), which tells \(other.classNames.count) classes apart, but "
          + "\(name) \(classNames.count); give the model that this one was made from")
    }
    var fed = other
    fed.geometry = geometry
    return fed
  }
}
