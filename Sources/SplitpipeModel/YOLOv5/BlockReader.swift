import Glibc
import SplitpipeCore

/// Turns pickled modules into blocks, weights folded.
struct BlockReader {
  var checkpoint: TorchCheckpoint
  private let limits: CheckpointLimits
  private var modules = 0

  init(_ checkpoint: TorchCheckpoint, limits: CheckpointLimits) {
    self.checkpoint = checkpoint
    self.limits = limits
  }

  /// Reads one module with everything inside it.
  ///
  /// The forward passes are those of YOLOv5's `models/common.py`, v5.0 to v7.0.
  ///
  /// - Throws: `.badData` naming the path and class of a module that is unknown or damaged.
  mutating func block(_ module: TorchModule, depth: Int = 0) throws -> Block {
    modules += 1
    guard depth < limits.moduleDepth, modules <= limits.modules else {
      throw module.failure("lies too deep, or there are too many modules")
    }
    if let activation = try activation(module) { return .activation(activation) }
    switch module.className {
    case "torch.nn.modules.container.Sequential":
      return .sequence(
        try module.children().map {
          Block.Child(name: $0.name, block: try block($0.module, depth: depth + 1))
        })
    case "torch.nn.modules.conv.Conv2d":
      return .convolution(try Block.Convolution(module, normalization: nil, &checkpoint))
    case "torch.nn.modules.batchnorm.BatchNorm2d":
      return .convolution(try BatchNormalization(module, &checkpoint).convolution(module))
    case "torch.nn.modules.pooling.MaxPool2d":
      return .pooling(try pooling(module))
    case "torch.nn.modules.upsampling.Upsample":
      return try upsampling(module)
    case "models.common.Concat":
      guard try module.integer("d") == 1 else { throw module.failure("joins other than channels") }
      return .concatenation
    default:
      guard
        module.className.hasPrefix("models.common.")
          || module.className.hasPrefix("models.experimental.")
      else { throw unsupported(module) }
      return try common(module, depth: depth)
    }
  }

  private mutating func common(_ module: TorchModule, depth: Int) throws -> Block {
    func child(_ name: String) throws -> Block {
      try block(try module.required(name), depth: depth + 1)
    }
    switch module.shortName {
    case "Conv", "DWConv":
      let normalization = try module.child("bn").map { try BatchNormalization($0, &checkpoint) }
      let convolution = try Block.Convolution(
        try module.required("conv"), normalization: normalization, &checkpoint)
      let act = try module.child("act")
      guard let activation = try act.map({ try activation($0) }) ?? .identity else {
        throw unsupported(act ?? module)
      }
      return .activated(convolution, activation, hasNormalization: normalization != nil)
    case "Bottleneck", "CrossConv":
      guard let adds = module.boolean("add") else { throw module.failure("has no flag add") }
      return .bottleneck(first: try child("cv1"), second: try child("cv2"), adds: adds)
    case "C3", "C3x", "C3Ghost", "C3SPP":
      return .c3(
        first: try child("cv1"), middle: try child("m"), second: try child("cv2"),
        third: try child("cv3"))
    case "BottleneckCSP":
      let bn = try module.required("bn")
      let act = try module.child("act")
      // Before v5.0 the activation was the class's own LeakyReLU(0.1); the instance holds it.
      guard let activation = try act.map({ try activation($0) }) ?? nil else {
        throw unsupported(act ?? module)
      }
      return .csp(
        first: try child("cv1"), middle: try child("m"), third: try child("cv3"),
        second: try child("cv2"),
        normalization: try BatchNormalization(bn, &checkpoint).convolution(bn),
        activation: activation, fourth: try child("cv4"))
    case "SPPF":
      return .sppf(
        first: try child("cv1"), pool: try pooling(try module.required("m")),
        second: try child("cv2"))
    case "SPP":
      return .spp(
        first: try child("cv1"),
        pools: try module.required("m").children().map { try pooling($0.module) },
        second: try child("cv2"))
    case "Focus":
      return .focus(try child("conv"))
    case "GhostConv":
      return .ghost(first: try child("cv1"), second: try child("cv2"))
    case "GhostBottleneck":
      return .residual(main: try child("conv"), shortcut: try child("shortcut"))
    default:
      throw unsupported(module)
    }
  }

  /// The activation a module is; nil where it is none.
  private func activation(_ module: TorchModule) throws -> Block.Activation? {
    switch module.className {
    case "torch.nn.modules.linear.Identity", "torch.nn.modules.dropout.Dropout": .identity
    case "torch.nn.modules.activation.SiLU", "utils.activations.SiLU": .silu
    case "torch.nn.modules.activation.ReLU": .relu
    case "torch.nn.modules.activation.Sigmoid": .sigmoid
    case "torch.nn.modules.activation.Hardswish", "utils.activations.Hardswish": .hardSwish
    case "torch.nn.modules.activation.LeakyReLU": try leakyReLU(module)
    default: nil
    }
  }

  private func leakyReLU(_ module: TorchModule) throws -> Block.Activation {
    guard let slope = module.number("negative_slope").map({ Float($0) }), slope.isFinite else {
      throw module.failure("has no negative_slope")
    }
    return .leakyReLU(slope: slope)
  }

  private func pooling(_ module: TorchModule) throws -> Block.Pooling {
    guard module.className == "torch.nn.modules.pooling.MaxPool2d" else {
      throw unsupported(module)
    }
    let kernel = try module.pair("kernel_size", in: 1...1024)
    return Block.Pooling(
      kernel: kernel, stride: try module.pair("stride", in: 1...64, default: kernel[0]),
      padding: try module.pair("padding", in: 0...512),
      dilation: try module.pair("dilation", in: 1...64, default: 1),
      roundsUp: module.boolean("ceil_mode") ?? false)
  }

  private func upsampling(_ module: TorchModule) throws -> Block {
    guard module.text("mode") == "nearest" else {
      throw module.failure("enlarges other than by nearest neighbour, which is not supported")
    }
    var factors: [Double] = []
    if let items = module.attribute("scale_factor").flatMap(module.document.items) {
      for case .real(let factor) in items { factors.append(factor) }
    } else if let factor = module.number("scale_factor") {
      factors = [factor, factor]
    }
    guard factors.count == 2, factors.allSatisfy({ (1...16).contains($0) && $0 == $0.rounded() })
    else { throw module.failure("has no whole scale_factor from 1 to 16") }
    return .upsampling(height: Int(factors[0]), width: Int(factors[1]))
  }

  private func unsupported(_ module: TorchModule) -> SplitpipeError {
    module.failure("is a module splitpipe does not know; export the network to ONNX instead")
  }
}
