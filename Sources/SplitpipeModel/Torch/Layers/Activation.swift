/// A function of single elements.
enum Activation: Sendable {
  case identity
  case silu
  case relu
  case leakyReLU(slope: Float)
  /// x · clip(x + 3, 0, 6) / 6.
  case hardSwish
  case sigmoid

  var isIdentity: Bool { if case .identity = self { true } else { false } }
}

extension Activation {
  /// The activation that a module of PyTorch's own is; nil where it is none.
  ///
  /// - Throws: `.badData` where it lacks its parameter.
  init?(_ module: TorchModule) throws {
    switch module.className {
    case "torch.nn.modules.linear.Identity", "torch.nn.modules.dropout.Dropout": self = .identity
    case "torch.nn.modules.activation.SiLU": self = .silu
    case "torch.nn.modules.activation.ReLU": self = .relu
    case "torch.nn.modules.activation.Sigmoid": self = .sigmoid
    case "torch.nn.modules.activation.Hardswish": self = .hardSwish
    case "torch.nn.modules.activation.LeakyReLU":
      guard let slope = module.number("negative_slope").map({ Float($0) }), slope.isFinite else {
        throw module.failure("has no negative_slope")
      }
      self = .leakyReLU(slope: slope)
    default: return nil
    }
  }
}
