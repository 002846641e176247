import SplitpipeCore

/// Numbers that training makes less. Each is a mean over pictures; what is told apart from a target takes
/// the target for a constant.
extension OperatorEmitter {
  /// The mean squared error over the variance of what is wanted: 1 for a constant guess.
  ///
  /// - Parameters:
  ///   - found: N×C×….
  ///   - wanted: likewise.
  ///   - weights: how much each channel counts, of rank 4; nil for all alike.
  /// - Returns: a tensor of one element.
  mutating func unexplainedVariance(
    _ found: String, _ wanted: String, channels weights: String? = nil
  ) -> String {
    func meanSquare(_ difference: String, _ emitter: inout OperatorEmitter) -> String {
      let square = emitter.product(difference, difference)
      return emitter.mean(weights.map { emitter.product(square, $0) } ?? square)
    }
    let error = meanSquare(add("Sub", [found, wanted]), &self)
    let variance = meanSquare(add("Sub", [wanted, mean(wanted)]), &self)
    return add("Div", [error, add("Add", [variance, constant(1e-9)])])
  }

  /// Cross-entropy of probabilities, element by element: Goodfellow et al., "Deep Learning", equation 6.19
  /// for two outcomes.
  mutating func crossEntropy(of found: String, _ wanted: String) -> String {
    // Beyond, the logarithm of a float32 probability has no slope to go by.
    let inside = clip(found, 1e-7, 1 - 1e-7)
    let one = constant(1)
    let yes = product(wanted, add("Log", [inside]))
    let no = product(add("Sub", [one, wanted]), add("Log", [add("Sub", [one, inside])]))
    return negative(add("Add", [yes, no]))
  }

  /// The cross-entropy less what it is of the wanted probabilities themselves: 0 where both are alike.
  mutating func divergence(of found: String, _ wanted: String) -> String {
    add("Sub", [crossEntropy(of: found, wanted), crossEntropy(of: wanted, wanted)])
  }

  /// Softmax cross-entropy of scores, batch×classes, with one number of 1 a row in `wanted`.
  mutating func classCrossEntropy(scores: String, _ wanted: String, classes: Int) -> String {
    let logarithms = add("LogSoftmax", [scores], attributes: ["axis": .int(1)])
    return product(mean(product(logarithms, wanted)), -Float(classes))
  }

  mutating func clip(_ tensor: String, _ low: Float, _ high: Float) -> String {
    guard opset >= 11 else {
      return add("Clip", [tensor], attributes: ["min": .float(low), "max": .float(high)])
    }
    return add("Clip", [tensor, constant(low), constant(high)])
  }
}
