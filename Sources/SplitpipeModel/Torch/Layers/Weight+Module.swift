import SplitpipeCore

extension Weight {
  /// A float32 weight of a module.
  ///
  /// - Throws: `.badData` where a value is NaN or infinite.
  init(_ tensor: TorchTensor, of module: TorchModule) throws {
    let isFinite = unsafe tensor.values.withUnsafeBufferPointer { values in
      // x · 0 is 0 for every finite x and NaN for all others.
      unsafe values.reduce(Float(0)) { $0 + $1 * 0 } == 0
    }
    guard isFinite else { throw module.failure("has a weight that is not a finite number") }
    self.init(floats: tensor.values, shape: tensor.shape)
  }

  init(finite values: [Double], shape: Shape, of module: TorchModule) throws {
    try self.init(TorchTensor(shape: shape, values: values.map { Float($0) }), of: module)
  }
}
