import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
import SplitpipeModelStore
import SplitpipeStages

/// A model with what an importance curve needs of it: the tensors that are looked at, and probes for the
/// sizes that pictures bring.
struct ImportanceModel {
  /// A tensor of the curve.
  struct Tensor: Sendable {
    /// In the graph.
    let name: String
    /// The module path that ends in it; nil where there is none.
    let module: String?
    /// What a person calls it.
    let label: String
    let shape: Shape
  }

  let model: Model
  let preparation: InputPreparation
  /// nil for a classifier.
  let detector: Detector?
  /// In the order of the graph.
  let tensors: [Tensor]
  private let classifierClasses: Int
  private let engine: any InferenceEngine
  /// Runs the model as it is.
  private let whole: SplitModel
  private var probes: RecentlyUsed<PixelSize, ImportanceProbe>

  /// Compiled graphs that are kept at a time; pictures come sorted by size.
  private static let mostProbes = 2

  /// - Parameter request: what the user asks.
  /// - Throws: what reading and differentiating the model throw.
  init(_ request: ImportanceRequest) throws {
    var model = try loadModel(path: try resolveModel(request.model))
    preparation = try InputPreparation(for: model, request.input)
    model.geometry = preparation.geometry
    let size = model.geometry.largestInput
    self.model = model
    detector = model.detector.map {
      Detector(kind: $0, classCount: model.classNames.count, settings: .importance)
    }
    let graph = try model.graph(size)
    classifierClasses =
      detector == nil ? try EvaluatedModel.classCount(of: model, at: size) : 0
    let names =
      request.splits.isEmpty ? try usableSplits(graph).map(\.name) : request.splits
    let all = try Tap(graph, at: names).tensors.map {
      Tensor(name: $0.name, module: $0.module, label: $0.label, shape: $0.shape)
    }
    // What is a table of boxes is no map of features any more.
    tensors =
      request.splits.isEmpty
      ? all.filter { [2, 4].contains($0.shape.rank) && $0.shape[0] == 1 } : all
    guard let first = tensors.first else {
      throw SplitpipeError(
        .badData, "\(model.name) has no tensor of channels and places that could be split at")
    }
    engine = try OpenVINOEngine()
    var settings = SplitModel.Settings()
    settings.precision = .f32
    settings.maximumSizes = Self.mostProbes
    whole = SplitModel(model: model, split: first.label, engine: engine, settings: settings)
    probes = RecentlyUsed(capacity: Self.mostProbes)
  }

  /// Classes that it tells apart.
  var classCount: Int {
    detector?.classCount ?? classifierClasses
  }

  /// The classes that a user names.
  ///
  /// - Throws: `usage` for one that the model does not have.
  func classIndices(_ words: [String]) throws -> Set<Int> {
    guard model.classNames.isEmpty else { return try model.classIndices(words) }
    let numbers = words.compactMap { Int($0) }.filter { (0..<classCount).contains($0) }
    guard numbers.count == words.count else {
      throw SplitpipeError(
        .usage,
        "\(model.name) does not name its classes; --classes takes numbers from 0 to \(classCount - 1)"
      )
    }
    return Set(numbers)
  }

  /// Runs the model as it is.
  func output(of input: PreparedInput) throws -> SplitpipeCore.Tensor<Float> {
    try whole.runUnsplit(input)
  }

  /// The importance of every tensor for a number made of the output.
  mutating func values(
    of input: PreparedInput, _ seed: ImportanceProbe.Seed
  ) throws -> (output: SplitpipeCore.Tensor<Float>, values: [ImportanceValue]) {
    let size = input.letterbox.input
    let (model, labels, engine) = (model, tensors.map(\.label), engine)
    let probe = try probes.value(of: size) {
      try ImportanceProbe(model, at: labels, size: size, engine: engine)
    }
    return try probe.run(input, seed)
  }
}

extension DetectionSettings {
  /// Boxes whose scores are differentiated: confidence 0.25, IoU 0.45, one class per box, at most 300.
  static let importance = DetectionSettings(
    confidence: 0.25, overlap: 0.45, multiLabel: false, maximumDetections: 300)
}
