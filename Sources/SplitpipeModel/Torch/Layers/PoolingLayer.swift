/// The largest value in a window that moves over each channel.
struct PoolingLayer: Sendable {
  var kernel: [Int]
  var stride: [Int]
  var padding: [Int]
  var dilation: [Int]
  var roundsUp: Bool
}

extension PoolingLayer {
  /// Reads a `MaxPool2d`.
  ///
  /// - Throws: `.badData` where it is another module or its settings are missing.
  init(_ module: TorchModule) throws {
    guard module.className == "torch.nn.modules.pooling.MaxPool2d" else {
      throw module.unsupported
    }
    kernel = try module.pair("kernel_size", in: 1...1024)
    stride = try module.pair("stride", in: 1...64, default: kernel[0])
    padding = try module.pair("padding", in: 0...512)
    dilation = try module.pair("dilation", in: 1...64, default: 1)
    roundsUp = module.boolean("ceil_mode") ?? false
  }
}
