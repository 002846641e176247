import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
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
  let engine: any InferenceEngine
  /// Runs the model as it is.
  private let whole: SplitModel
  private var probes: RecentlyUsed<PixelSize, ImportanceProbe>

  /// Compiled graphs that are kept at a time; pictures come sorted by size.
  private static let mostProbes = 2

  /// - Parameters:
  ///   - loaded: the model.
  ///   - input: what a user says of its input.
  ///   - splits: whose tensors are looked at; none for all that can be split at.
  /// - Throws: what differentiating the model throws, `usage` for an input that it cannot have.
  init(_ loaded: Model, _ input: InputSettings, splits: [String]) throws {
    var model = loaded
    preparation = try InputPreparation(for: model, input)
    model.geometry = preparation.geometry
    let size = model.geometry.largestInput
    self.model = model
    detector = model.detector.map {
      Detector(kind: $0, classCount: model.classNames.count, settings: .importance)
    }
    let graph = try model.graph(size)
    classifierClasses =
      detector == nil ? try EvaluatedModel.classCount(of: model, at: size) : 0
    let names = splits.isEmpty ? try usableSplits(graph).map(\.name) : splits
    let all = try Tap(graph, at: names).tensors.map {
      Tensor(name: $0.name, module: $0.module, label: $0.label, shape: $0.shape)
    }
    // What is a table of boxes is no map of features any more.
    tensors =
      splits.isEmpty
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

  // MARK: - What is differentiated

  /// The class that a classifier takes a picture for.
  func prediction(_ input: PreparedInput) throws -> Int? {
    let scores = try output(of: input).values
    return scores.indices.max { scores[$0] < scores[$1] }
  }

  /// The scores of the boxes that a detector keeps, one number for each class.
  ///
  /// - Parameters:
  ///   - detector: finds them.
  ///   - input: a picture made ready.
  ///   - isCounted: whether a box counts.
  /// - Returns: in the order of the classes.
  /// - Throws: what running throws.
  func seeds(
    _ detector: Detector, _ input: PreparedInput, where isCounted: (Detection) -> Bool
  ) throws -> [ImportanceProbe.Seed] {
    let found = try detector.candidates(
      in: output(of: input), letterbox: input.letterbox,
      confidence: detector.settings.confidence
    ).objects(detector.settings)
    var seeds: [Int: ImportanceProbe.Seed] = [:]
    for object in found where isCounted(object.detection) {
      let classIndex = object.detection.classIndex
      seeds[classIndex, default: ImportanceProbe.Seed(classIndex: classIndex, slopes: [])]
        .slopes += object.slopes
    }
    return seeds.values.sorted { ($0.classIndex ?? 0) < ($1.classIndex ?? 0) }
  }

  /// What is differentiated where nobody says what a picture shows: kept boxes, or the prediction.
  func ownSeeds(_ input: PreparedInput) throws -> [ImportanceProbe.Seed] {
    guard let detector else {
      return try prediction(input).map {
        [ImportanceProbe.Seed(classIndex: $0, slopes: [($0, 1)])]
      } ?? []
    }
    return try seeds(detector, input) { _ in true }
  }

  /// What every tensor has to do with each of some numbers made of the output.
  ///
  /// - Returns: for each number the values of all tensors.
  /// - Throws: what compiling and running throw; `badData` where a gradient is no finite number.
  mutating func values(
    of input: PreparedInput, _ seeds: [ImportanceProbe.Seed]
  ) throws -> [[ImportanceValue]] {
    guard !seeds.isEmpty else { return [] }
    let size = input.letterbox.input
    let (model, labels, engine) = (model, tensors.map(\.label), engine)
    let probe = try probes.value(of: size) {
      try ImportanceProbe(model, at: labels, size: size, engine: engine)
    }
    return try seeds.map { seed in
      let values = try probe.run(input, seed)
      if let place = values.firstIndex(where: { !$0.isFinite }) {
        throw SplitpipeError(
          .badData,
          "the gradient at \"\(tensors[place].label)\" of \(model.name) is no finite number")
      }
      return values
    }
  }
}

extension DetectionSettings {
  /// Boxes whose scores are differentiated: confidence 0.25, IoU 0.45, one class per box, at most 300.
  static let importance = DetectionSettings(
    confidence: 0.25, overlap: 0.45, multiLabel: false, maximumDetections: 300)
}
