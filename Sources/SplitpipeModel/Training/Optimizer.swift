import Foundation

/// How weights follow their gradients.
package enum Optimizer: Sendable, Hashable {
  /// w − rate·g.
  case gradientDescent
  /// Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1, with the order of
  /// its section 2: the corrections of both moments are put into the rate.
  case adam(Adam = Adam())

  /// Constants of Adam, those that the paper suggests.
  package struct Adam: Sendable, Hashable {
    package var meanDecay: Float = 0.9
    package var squareDecay: Float = 0.999
    package var epsilon: Float = 1e-8

    package init() {}
  }

  /// What a step is fed besides its data: the rate, and for Adam what keeps the divisor from 0.
  ///
  /// - Parameters:
  ///   - step: from 1.
  ///   - rate: of learning.
  /// - Returns: numbers.
  package func controls(step: Int, rate: Double) -> [Float] {
    switch self {
    case .gradientDescent: return [Float(rate)]
    case .adam(let adam):
      let square = (1 - pow(Double(adam.squareDecay), Double(step))).squareRoot()
      let mean = 1 - pow(Double(adam.meanDecay), Double(step))
      return [Float(rate * square / mean), Float(Double(adam.epsilon) * square)]
    }
  }

  /// How many numbers `controls(step:rate:)` gives.
  var controlCount: Int {
    switch self {
    case .gradientDescent: 1
    case .adam: 2
    }
  }

  /// Tensors of a parameter's shape that it carries from step to step.
  var moments: [String] {
    switch self {
    case .gradientDescent: []
    case .adam: ["mean", "square"]
    }
  }
}

extension OperatorEmitter {
  /// One step of a parameter.
  ///
  /// - Parameters:
  ///   - parameter: as it was.
  ///   - gradient: of the loss.
  ///   - moments: as they were.
  ///   - rate: a tensor of one element.
  ///   - others: those of `controls(step:rate:)` behind the rate.
  ///   - optimizer: which.
  /// - Returns: the parameter and its moments afterwards.
  mutating func update(
    _ parameter: String, gradient: String, moments: [String], rate: String, others: [String],
    _ optimizer: Optimizer
  ) -> (parameter: String, moments: [String]) {
    guard case .adam(let adam) = optimizer else {
      return (add("Sub", [parameter, product(gradient, rate)]), [])
    }
    func moving(_ old: String, _ new: String, _ decay: Float, _ emitter: inout OperatorEmitter)
      -> String
    {
      emitter.add("Add", [emitter.product(old, decay), emitter.product(new, 1 - decay)])
    }
    let mean = moving(moments[0], gradient, adam.meanDecay, &self)
    let square = moving(moments[1], product(gradient, gradient), adam.squareDecay, &self)
    let scale = add("Add", [add("Sqrt", [square]), others[0]])
    let change = add("Div", [product(mean, rate), scale])
    return (add("Sub", [parameter, change]), [mean, square])
  }
}
