import SplitpipeAnalysis
import SplitpipeCore
import SplitpipeModel

/// Values of the most relevant coefficients of one tensor beside those of all, over pictures: what Carra &
/// Neglia, "DNN Split Computing: Quantization and Run-length Coding are Enough", figure 4, show.
struct RelevanceTally: Sendable {
  /// What is counted of some coefficients.
  struct Part: Sendable {
    var values = FloatHistogram()
    var magnitudes = FloatHistogram()
    var zeros = 0
    /// Within half a step of 4 bits from zero, by the range of the picture's tensor.
    var small = 0

    mutating func add(_ found: [Float], smallBelow bound: Float) {
      values.add(found)
      magnitudes.add(found.map(abs))
      zeros += found.count { $0 == 0 }
      small += found.count { abs($0) < bound }
    }
  }

  private(set) var all = Part()
  private(set) var relevant = Part()

  /// Steps of codes of 4 bits.
  private static let steps: Float = 15

  /// Counts a picture.
  ///
  /// - Parameters:
  ///   - values: the tensor.
  ///   - relevance: of each coefficient, from 0.
  ///   - share: of the coefficients are the most relevant, 0…1; those of no relevance never are.
  mutating func add(_ values: [Float], relevance: [Float], share: Double) {
    let count = min(values.count, max(1, Int((Double(values.count) * share).rounded())))
    let bound = relevance.sorted(by: >)[count - 1]
    let chosen = values.indices.filter { relevance[$0] >= bound && relevance[$0] > 0 }
    let range = (values.max() ?? 0) - (values.min() ?? 0)
    let small = range / Self.steps / 2
    all.add(values, smallBelow: small)
    relevant.add(chosen.map { values[$0] }, smallBelow: small)
  }
}

/// Tells the relevance of every coefficient of some tensors.
///
/// By `grad-cam` it is |s_k F|, the part of Grad-CAM's map that the coefficient makes, with s_k the sum of
/// gradients of its channel; by `gradients` |∂y/∂F|.
struct RelevanceProbe {
  private let method: ImportanceMethod
  private let share: Double
  private let engine: any InferenceEngine
  private let model: Model
  /// Names of splits.
  private let labels: [String]
  private(set) var tallies: [RelevanceTally]
  private var compiled: RecentlyUsed<PixelSize, (graph: RelevanceGraph, run: any CompiledGraph)>

  init(
    _ model: Model, at labels: [String], _ method: ImportanceMethod, share: Double,
    engine: any InferenceEngine
  ) {
    self.method = method
    self.share = share
    self.engine = engine
    self.model = model
    self.labels = labels
    tallies = labels.map { _ in RelevanceTally() }
    compiled = RecentlyUsed(capacity: 1)
  }

  /// Counts a picture.
  ///
  /// - Parameters:
  ///   - input: made ready.
  ///   - seeds: the numbers made of the output; their sum is differentiated.
  /// - Throws: what compiling and running throw.
  mutating func add(_ input: PreparedInput, _ seeds: [ImportanceProbe.Seed]) throws {
    let seed = ImportanceProbe.Seed(classIndex: nil, slopes: seeds.flatMap(\.slopes))
    let size = input.letterbox.input
    let (model, labels, engine) = (model, labels, engine)
    let (graph, run) = try compiled.value(of: size) {
      let whole = try model.graph(size)
      let names = try Tap(whole, at: labels).tensors.map(\.name)
      let graph = try RelevanceGraph(whole, at: names)
      return (graph, try engine.gradients(graph.graph, of: model))
    }
    let outputs = try run.run([.bytes(input.tensor), seed.input(of: graph.seedShape)])
    for (index, place) in graph.reached.enumerated() {
      let (values, gradients) = (outputs[2 * index], outputs[2 * index + 1])
      tallies[place].add(
        values.values, relevance: relevance(values, gradients), share: share)
    }
  }

  private func relevance(_ values: Tensor<Float>, _ gradients: Tensor<Float>) -> [Float] {
    guard method == .gradCAM else { return gradients.values.map(abs) }
    let channels = values.shape[1]
    let places = values.values.count / max(1, channels)
    var relevance = [Float](repeating: 0, count: values.values.count)
    for channel in 0..<channels {
      let range = channel * places..<(channel + 1) * places
      let weight = gradients.values[range].reduce(0, +)
      for index in range { relevance[index] = abs(weight * values.values[index]) }
    }
    return relevance
  }
}
