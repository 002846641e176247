import SplitpipeCore

/// Self-attention between the pixels of a picture (Vaswani et al. 2017, section 3.2.2), with a
/// convolution in the place of positions.
///
/// `qkv` makes the queries, keys and values of every head; with q, k of `keyWidth` and v of
/// `valueWidth` numbers for each pixel, a head gives v · softmax(scale · qᵀk)ᵀ. The heads side by side
/// plus `pe(v)` go through `proj`.
struct AttentionLayer: Sendable {
  var queriesKeysValues: Block
  var projection: Block
  var position: Block
  var heads: Int
  var keyWidth: Int
  var valueWidth: Int
  var scale: Float

  /// Channels that `queriesKeysValues` makes.
  var width: Int { heads * (2 * keyWidth + valueWidth) }
}

extension GraphBuilder {
  /// Adds self-attention of a picture 1×C×H×W; the path is that of the module.
  ///
  /// - Throws: `.badData` where the channels are not those of the heads, or one map of attention has
  ///   too many elements.
  mutating func add(
    _ attention: AttentionLayer, path: String, _ input: Value, output: String
  ) throws -> Value {
    func child(_ name: String) -> String { "\(path).\(name)" }
    let mixed = try add(
      attention.queriesKeysValues, path: child("qkv"), inputs: [input])
    guard mixed.channels == attention.width else {
      throw SplitpipeError(
        .badData,
        "module \(path) has \(mixed.channels) channels of queries, keys and values, expected "
          + "\(attention.width)")
    }
    let heads = attention.heads
    let (keyWidth, valueWidth) = (attention.keyWidth, attention.valueWidth)
    let pixels = mixed.height * mixed.width
    try check(
      Value(name: "", channels: heads, height: pixels, width: pixels), scope: path)
    let values = Value(
      name: "", channels: heads * valueWidth, height: mixed.height,
      width: mixed.width)
    let picture = constant(
      child("picture"), Weight(integers: [1, values.channels, values.height, values.width]))
    let rows = constant(
      child("rows"), Weight(integers: [1, heads, 2 * keyWidth + valueWidth, pixels]))
    let widths = constant(
      child("widths"), Weight(integers: [keyWidth, keyWidth, valueWidth]))
    let scale = constant(child("scale"), Weight(floats: [attention.scale], shape: Shape([1])))

    let reshaped = add("Reshape", scope: path, label: "heads", inputs: [mixed.name, rows])
    let (q, k, v) = ("\(path)/Split.q", "\(path)/Split.k", "\(path)/Split.v")
    add(
      Node(
        name: "\(path)/Split", operation: "Split", inputs: [reshaped, widths],
        outputs: [q, k, v], attributes: ["axis": .int(2)], scope: path))
    func turn(_ name: String, _ label: String) -> String {
      add(
        "Transpose", scope: path, label: label, inputs: [name],
        attributes: ["perm": .ints([0, 1, 3, 2])])
    }
    let turnedQueries = turn(q, "q")
    let product = add("MatMul", scope: path, label: "qk", inputs: [turnedQueries, k])
    let scaled = add("Mul", scope: path, inputs: [product, scale])
    let weights = add(
      "Softmax", scope: path, inputs: [scaled], attributes: ["axis": .int(-1)])
    let turnedWeights = turn(weights, "weights")
    let mean = add("MatMul", scope: path, label: "v", inputs: [v, turnedWeights])
    var means = values
    means.name = add("Reshape", scope: path, label: "means", inputs: [mean, picture])
    var raw = values
    raw.name = add("Reshape", scope: path, label: "values", inputs: [v, picture])
    let position = try add(attention.position, path: child("pe"), inputs: [raw])
    let sum = try sum(means, position, scope: path, output: nil)
    return try add(attention.projection, path: child("proj"), inputs: [sum], output: output)
  }

  /// Adds what the parts of `Attending` make of their input, each under its name below the path.
  ///
  /// - Throws: `.badData` where shapes do not fit.
  mutating func add(
    _ block: Block.Attending, path: String, _ input: Value, output: String?
  ) throws -> Value {
    let attended = try add(block.attention, path: "\(path).attn", inputs: [input])
    let first =
      block.adds
      ? try sum(input, attended, scope: path, label: "attn", output: nil) : attended
    let fed = try add(
      block.feed, path: "\(path).ffn", inputs: [first], output: block.adds ? nil : output)
    return block.adds
      ? try sum(first, fed, scope: path, label: "ffn", output: output) : fed
  }
}
