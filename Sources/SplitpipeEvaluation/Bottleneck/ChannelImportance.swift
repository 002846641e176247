import SplitpipeCore
import SplitpipeModel
import SplitpipeTraining

/// How much each channel of the tensors that cross has to do with the answers: the mean of |s_k| of Grad-CAM
/// over pictures (see `ImportanceGraph`).
enum ChannelImportance {
  /// Pictures that are looked at at most.
  private static let mostPictures = 30
  /// Of the mean importance, what a channel counts at least: one that mattered in no picture may in another.
  private static let least: Float = 0.1

  /// - Parameters:
  ///   - loaded: the model.
  ///   - bottleneck: says which tensors.
  ///   - input: what a user says of the model's input.
  ///   - pool: pictures.
  /// - Returns: by tensor, a weight for each channel, of mean 1.
  /// - Throws: what differentiating and running throw; `badData` where the model answers nothing on any of
  ///   the pictures.
  static func weights(
    _ loaded: Model, _ bottleneck: Bottleneck, _ input: InputSettings, _ pool: PicturePool
  ) throws -> [String: [Float]] {
    var model = try ImportanceModel(
      loaded, input, splits: bottleneck.coders.map(\.crossing.label))
    var sums: [String: [Float]] = [:]
    let step = max(1, pool.count / mostPictures)
    for place in stride(from: 0, to: pool.count, by: step) {
      let picture = pool.picture(place)
      for values in try model.values(of: picture, model.ownSeeds(picture)) {
        for (tensor, value) in zip(model.tensors, values) {
          let old = sums[tensor.name] ?? [Float](repeating: 0, count: value.weights.count)
          sums[tensor.name] = zip(old, value.weights).map { $0 + abs($1) }
        }
      }
    }
    guard sums.values.contains(where: { $0.contains { $0 > 0 } }) else {
      throw SplitpipeError(
        .badData,
        "\(loaded.name) finds nothing in the pictures, so that no channel is known to matter; leave out "
          + "--weigh-importance")
    }
    return sums.mapValues { sum in
      let mean = sum.reduce(0, +) / Float(sum.count)
      guard mean > 0 else { return sum.map { _ in 1 } }
      let raised = sum.map { max($0 / mean, least) }
      let again = raised.reduce(0, +) / Float(raised.count)
      return raised.map { $0 / again }
    }
  }
}
