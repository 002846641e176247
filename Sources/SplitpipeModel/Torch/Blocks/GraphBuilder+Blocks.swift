import SplitpipeCore

extension GraphBuilder {
  /// Adds the nodes of a module and calls its output `output`: the path of the outermost module
  /// that ends with it, nil where that is this one.
  ///
  /// - Throws: `.badData` where shapes do not fit.
  mutating func add(
    _ block: Block, path: String, inputs: [Value], output: String? = nil
  ) throws -> Value {
    let output = output ?? path
    let value: Value
    if case .concatenation = block {
      value = try concatenate(inputs, scope: path, output: output)
    } else {
      guard inputs.count == 1, let input = inputs.first else {
        throw SplitpipeError(.badData, "module \(path) reads \(inputs.count) tensors, expected 1")
      }
      value = try add(block, path: path, input: input, output: output)
    }
    aliases[path] = value.name
    return value
  }

  private mutating func add(
    _ block: Block, path: String, input: Value, output: String
  ) throws -> Value {
    func child(_ name: String) -> String { "\(path).\(name)" }
    switch block {
    case .sequence(let children):
      var value = input
      for (position, next) in children.enumerated() {
        value = try add(
          next.block, path: child(next.name), inputs: [value],
          output: position == children.count - 1 ? output : nil)
      }
      return value
    case .convolution(let convolution):
      return try add(convolution, scope: path, input, output: output)
    case .activation(let activation):
      return add(activation, scope: path, input, output: output)
    case .activated(let convolution, let activation, let hasNormalization):
      let conv = try add(
        convolution, scope: child("conv"), input,
        output: activation.isIdentity ? output : child("conv"))
      aliases[child("conv")] = conv.name
      if hasNormalization { aliases[child("bn")] = conv.name }
      let value = add(activation, scope: child("act"), conv, output: output)
      aliases[child("act")] = value.name
      return value
    case .bottleneck(let first, let second, let adds):
      let inner = try add(first, path: child("cv1"), inputs: [input])
      let last = try add(
        second, path: child("cv2"), inputs: [inner], output: adds ? nil : output)
      return adds ? try sum(input, last, scope: path, output: output) : last
    case .wrapped(let wrapped, let adds):
      let value = try add(
        wrapped.block, path: child(wrapped.name), inputs: [input], output: adds ? nil : output)
      return adds ? try sum(input, value, scope: path, output: output) : value
    case .c3(let first, let middle, let second, let third):
      let inner = try add(first, path: child("cv1"), inputs: [input])
      let main = try add(middle, path: child("m"), inputs: [inner])
      let side = try add(second, path: child("cv2"), inputs: [input])
      let joined = try concatenate([main, side], scope: path, output: nil)
      return try add(third, path: child("cv3"), inputs: [joined], output: output)
    case .csp(
      let first, let middle, let third, let second, let normalization, let activation, let fourth):
      let inner = try add(first, path: child("cv1"), inputs: [input])
      let deep = try add(middle, path: child("m"), inputs: [inner])
      let main = try add(third, path: child("cv3"), inputs: [deep])
      let side = try add(second, path: child("cv2"), inputs: [input])
      let joined = try concatenate([main, side], scope: path, output: nil)
      let normal = try add(
        .convolution(normalization), path: child("bn"), inputs: [joined])
      let active = try add(.activation(activation), path: child("act"), inputs: [normal])
      return try add(fourth, path: child("cv4"), inputs: [active], output: output)
    case .c2f(let first, let chain, let second):
      let (one, other) = try halves(
        try add(first, path: child("cv1"), inputs: [input]), scope: path)
      var parts = [one, other]
      // The list itself has no output: m is no alias.
      for (index, next) in chain.enumerated() {
        parts.append(
          try add(next.block, path: child("m.\(next.name)"), inputs: [parts[index + 1]]))
      }
      let joined = try concatenate(parts, scope: path, output: nil)
      return try add(second, path: child("cv2"), inputs: [joined], output: output)
    case .c2(let first, let middle, let second):
      let (one, other) = try halves(
        try add(first, path: child("cv1"), inputs: [input]), scope: path)
      let deep = try add(middle, path: child("m"), inputs: [other])
      let joined = try concatenate([one, deep], scope: path, output: nil)
      return try add(second, path: child("cv2"), inputs: [joined], output: output)
    case .sppf(let first, let pool, let rounds, let second, let adds):
      var parts = [try add(first, path: child("cv1"), inputs: [input])]
      for round in 1...rounds {
        let name = round == rounds ? child("m") : child("m#\(round)")
        parts.append(
          try add(pool, scope: child("m"), label: "\(round)", parts[round - 1], output: name))
      }
      aliases[child("m")] = parts[rounds].name
      let joined = try concatenate(parts, scope: path, output: nil)
      let value = try add(
        second, path: child("cv2"), inputs: [joined], output: adds ? nil : output)
      return adds ? try sum(input, value, scope: path, output: output) : value
    case .spp(let first, let pools, let second):
      let inner = try add(first, path: child("cv1"), inputs: [input])
      var parts = [inner]
      for (index, pool) in pools.enumerated() {
        parts.append(try add(.pooling(pool), path: child("m.\(index)"), inputs: [inner]))
      }
      let joined = try concatenate(parts, scope: path, output: nil)
      return try add(second, path: child("cv2"), inputs: [joined], output: output)
    case .focus(let conv):
      let sliced = try focus(input, scope: path)
      return try add(conv, path: child("conv"), inputs: [sliced], output: output)
    case .ghost(let first, let second):
      let one = try add(first, path: child("cv1"), inputs: [input])
      let two = try add(second, path: child("cv2"), inputs: [one])
      return try concatenate([one, two], scope: path, output: output)
    case .residual(let main, let shortcut):
      let one = try add(main, path: child("conv"), inputs: [input])
      let two = try add(shortcut, path: child("shortcut"), inputs: [input])
      return try sum(one, two, scope: path, output: output)
    case .parallel(let main, let side, let activation):
      let one = try add(main, path: child("conv"), inputs: [input])
      let two = try add(side, path: child("conv1"), inputs: [input])
      let both = try sum(
        one, two, scope: path, output: activation.isIdentity ? output : nil)
      let value = add(activation, scope: child("act"), both, output: output)
      aliases[child("act")] = value.name
      return value
    case .attention(let attention):
      return try add(attention, path: path, input, output: output)
    case .attending(let attending):
      return try add(attending, path: path, input, output: output)
    case .psa(let first, let attending, let second):
      let (one, other) = try halves(
        try add(first, path: child("cv1"), inputs: [input]), scope: path)
      let attended = try add(attending, path: path, other, output: nil)
      let joined = try concatenate([one, attended], scope: path, output: nil)
      return try add(second, path: child("cv2"), inputs: [joined], output: output)
    case .pooling(let pooling):
      return try add(pooling, scope: path, label: "", input, output: output)
    case .upsampling(let height, let width):
      return try upsample(input, height: height, width: width, scope: path, output: output)
    case .concatenation:
      return try concatenate([input], scope: path, output: output)
    }
  }
}
