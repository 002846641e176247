import SplitpipeModel

/// What a run of an `ImportanceGraph` found out about one tensor F of C channels and A places, for one
/// number y.
struct ImportanceValue: Sendable {
  /// s_k = Σ_places ∂y/∂F_k, by channel.
  private(set) var weights: [Float]
  /// Σ_k s_k F_k, by place.
  private(set) var map: [Float]

  init(weights: [Float], map: [Float]) {
    self.weights = weights
    self.map = map
  }

  /// Of a tensor that the output does not depend on.
  init(unreached tensor: ImportanceGraph.Tensor) {
    weights = [Float](repeating: 0, count: tensor.channels)
    map = [Float](repeating: 0, count: tensor.places)
  }

  /// False where a number overflowed, as values of the model may have.
  var isFinite: Bool { (weights + map).allSatisfy(\.isFinite) }

  /// That of the sum of some numbers; nil for none.
  static func sum(_ values: [[ImportanceValue]]) -> [ImportanceValue]? {
    guard var total = values.first else { return nil }
    for more in values.dropFirst() {
      for index in total.indices { total[index] += more[index] }
    }
    return total
  }

  /// That of the sum of two numbers: both parts are linear in y.
  static func += (left: inout ImportanceValue, right: ImportanceValue) {
    for index in left.weights.indices { left.weights[index] += right.weights[index] }
    for index in left.map.indices { left.map[index] += right.map[index] }
  }

  /// The importance; `cumulative` is summed over tensors by the caller.
  func importance(_ method: ImportanceMethod, _ definition: ImportanceDefinition) -> Double {
    let (channels, places) = (Double(weights.count), Double(map.count))
    switch method {
    case .gradients:
      return max(0, meanGradient)
    case .gradCAM:
      let sum = map.reduce(0.0) { $0 + max(0, Double($1)) }
      return definition == .paper ? sum / channels : sum / (channels * places * places)
    }
  }

  /// Of channels and places, with its sign.
  var meanGradient: Double {
    weights.reduce(0.0) { $0 + Double($1) } / (Double(weights.count) * Double(map.count))
  }
}
