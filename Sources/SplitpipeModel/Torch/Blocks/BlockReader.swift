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
  /// The forward passes are those of YOLOv5's `models/common.py`, v5.0 to v7.0, and of the modules
  /// of the same names in `ultralytics/nn/modules`, 8.0 to 8.4.
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
      return .convolution(try ConvolutionLayer(module, normalization: nil, &checkpoint))
    case "torch.nn.modules.batchnorm.BatchNorm2d":
      return .convolution(try BatchNormalization(module, &checkpoint).convolution(module))
    case "torch.nn.modules.pooling.MaxPool2d":
      return .pooling(try PoolingLayer(module))
    case "torch.nn.modules.upsampling.Upsample":
      let factors = try module.enlargement()
      return .upsampling(height: factors.height, width: factors.width)
    default:
      if module.className.hasPrefix("ultralytics.nn.modules.") {
        return try ultralytics(module, depth: depth) ?? common(module, depth: depth)
      }
      guard
        module.className.hasPrefix("models.common.")
          || module.className.hasPrefix("models.experimental.")
      else { throw module.unsupported }
      return try common(module, depth: depth)
    }
  }

  private mutating func common(_ module: TorchModule, depth: Int) throws -> Block {
    func child(_ name: String) throws -> Block {
      try block(try module.required(name), depth: depth + 1)
    }
    switch module.shortName {
    case "Concat":
      guard try module.integer("d") == 1 else { throw module.failure("joins other than channels") }
      return .concatenation
    case "Conv", "DWConv":
      let normalization = try module.child("bn").map { try BatchNormalization($0, &checkpoint) }
      let convolution = try ConvolutionLayer(
        try module.required("conv"), normalization: normalization, &checkpoint)
      let act = try module.child("act")
      guard let activation = try act.map({ try activation($0) }) ?? .identity else {
        throw (act ?? module).unsupported
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
        throw (act ?? module).unsupported
      }
      return .csp(
        first: try child("cv1"), middle: try child("m"), third: try child("cv3"),
        second: try child("cv2"),
        normalization: try BatchNormalization(bn, &checkpoint).convolution(bn),
        activation: activation, fourth: try child("cv4"))
    case "SPPF":
      let rounds = module.attribute("n") == nil ? 3 : try module.integer("n")
      guard (1...64).contains(rounds) else { throw module.failure("pools \(rounds) times") }
      return .sppf(
        first: try child("cv1"), pool: try PoolingLayer(try module.required("m")), rounds: rounds,
        second: try child("cv2"), adds: module.boolean("add") ?? false)
    case "SPP":
      return .spp(
        first: try child("cv1"),
        pools: try module.required("m").children().map { try PoolingLayer($0.module) },
        second: try child("cv2"))
    case "Focus":
      return .focus(try child("conv"))
    case "GhostConv":
      return .ghost(first: try child("cv1"), second: try child("cv2"))
    case "GhostBottleneck":
      return .residual(main: try child("conv"), shortcut: try child("shortcut"))
    default:
      throw module.unsupported
    }
  }

  /// The children of a `ModuleList`, in order.
  ///
  /// - Throws: `.badData` where the module is no list, or a child is unknown or damaged.
  mutating func list(_ module: TorchModule, depth: Int) throws -> [Block.Child] {
    guard module.className == "torch.nn.modules.container.ModuleList" else {
      throw module.failure("is not a ModuleList; this module is not supported")
    }
    return try module.children().map {
      Block.Child(name: $0.name, block: try block($0.module, depth: depth + 1))
    }
  }

  /// The activation a module is; nil where it is none.
  func activation(_ module: TorchModule) throws -> Activation? {
    switch module.className {
    case "utils.activations.SiLU": .silu
    case "utils.activations.Hardswish": .hardSwish
    default: try Activation(module)
    }
  }
}
