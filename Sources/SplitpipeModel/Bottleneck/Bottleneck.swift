package import SplitpipeCore

/// A bottleneck at a split of a model: every tensor that would cross gets an encoder and a decoder.
package struct Bottleneck: Sendable {
  /// What crosses in the place of a tensor.
  package struct Coder: Sendable {
    package let crossing: CrossingTensor
    package let shape: BottleneckShape
    /// What it is called in the finished model.
    package let latentName: String
    /// Of one picture.
    package let latentShape: Shape
  }

  /// The name of what crosses, which is that of the split; of several tensors the first has it.
  package static let splitName = "bottleneck"

  /// Without the bottleneck, for one picture.
  package let graph: ModelGraph
  package let cut: Cut
  package let coders: [Coder]
  /// Begins the weights; see `LayerWriter`.
  let seed: UInt64
  /// Names of the nodes behind the split.
  let tailNodes: Set<String>

  /// - Parameters:
  ///   - graph: sorted, with inputs of fixed shapes.
  ///   - split: where.
  ///   - seed: of the first weights.
  ///   - shape: chooses the shape of the bottleneck for a tensor.
  /// - Throws: what cutting throws, `usage` where a tensor that crosses is no map of channels.
  package init(
    _ graph: ModelGraph, at split: String, seed: UInt64, shape: (Shape) throws -> BottleneckShape
  ) throws {
    let graph = try graph.pruned().sortedTopologically()
    let types = try graph.inferringShapes().types
    let cut = try SplitpipeModel.cut(graph, at: split)
    self.graph = graph
    self.cut = cut
    self.seed = seed
    tailNodes = Set(cut.tail.nodes.map(\.name)).intersection(graph.nodes.map(\.name))
    // The split's own tensor has the split's own name.
    let order = [cut.namedIndex] + cut.frontier.indices.filter { $0 != cut.namedIndex }
    coders = try order.enumerated().map { number, place in
      let crossing = cut.frontier[place]
      guard crossing.shape.rank == 4, crossing.shape[0] == 1,
        types[crossing.name]?.elementType == .float32
      else {
        throw SplitpipeError(
          .usage,
          "no bottleneck at \"\(split)\": \"\(crossing.label)\" would cross, which is "
            + "\(crossing.shape); expected float32 maps of channels, 1×C×H×W")
      }
      let shape = try shape(crossing.shape)
      return Coder(
        crossing: crossing, shape: shape,
        latentName: Self.splitName + (number == 0 ? "" : ".\(number + 1)"),
        latentShape: shape.latent(of: crossing.shape))
    }
  }

  /// The encoder's or decoder's weights begin with this.
  private func prefix(_ coder: Int, _ half: String) -> String {
    "bottleneck/\(coder == 0 ? "" : "\(coder + 1)/")\(half)"
  }

  /// Encoder and decoder of one tensor as they are added to a graph.
  ///
  /// - Parameters:
  ///   - index: of the coder.
  ///   - pictures: at a time.
  ///   - mode: of batch normalization.
  ///   - known: weights of an earlier training.
  ///   - emitter: adds them.
  ///   - between: what stands between the two; gets what the encoder made, with its shape.
  /// - Returns: what the decoder made, of the tensor's shape; and the weights.
  func add(
    _ index: Int, pictures: Int, mode: NormalizationMode, known: [String: Weight],
    _ emitter: inout OperatorEmitter,
    between: (String, Shape, inout OperatorEmitter) -> String
  ) -> (tensor: String, layers: [LayerWriter]) {
    let coder = coders[index]
    let tensor = coder.crossing.shape
    let input = Shape([pictures] + tensor.dimensions.dropFirst())
    let dice = SplitMix64(seed: seed, stream: UInt64(index))
    var encoder = LayerWriter(
      prefix: prefix(index, "encoder"), mode: mode, known: known, dice: dice)
    let latent = encoder.add(
      coder.shape.encoder(tensor[1]), behind: coder.crossing.name, input, &emitter)
    let sent = between(latent.tensor, latent.shape, &emitter)
    var decoder = LayerWriter(
      prefix: prefix(index, "decoder"), mode: mode, known: known, dice: encoder.dice)
    var made = decoder.add(coder.shape.decoder(tensor[1]), behind: sent, latent.shape, &emitter)
    // Extents that the stride does not divide were rounded up.
    for axis in 2...3 where made.shape[axis] > tensor[axis] {
      made.tensor = emitter.slice(made.tensor, axis: axis, from: 0, to: tensor[axis])
    }
    return (made.tensor, [encoder, decoder])
  }

  /// The model with the bottleneck in it, cut at `splitName`.
  ///
  /// - Parameter weights: what was learnt, the bottleneck's and those of the model that became others.
  /// - Returns: a graph of the same inputs and outputs.
  /// - Throws: `bug` where the result is not sound.
  package func inserted(_ weights: [String: Weight]) throws -> ModelGraph {
    var changed = graph
    for (name, weight) in weights where changed.weights[name] != nil {
      changed.weights[name] = weight
    }
    var editor = GraphEditor(changed)
    for index in coders.indices {
      editor.insert(at: coders[index].crossing.name, readBy: tailNodes) { editor in
        var emitter = OperatorEmitter(editor)
        let made = add(index, pictures: 1, mode: .inference, known: weights, &emitter) {
          latent, _, emitter in
          emitter.editor.rename(latent, to: coders[index].latentName)
        }
        editor = emitter.editor
        return made.tensor
      }
    }
    return try editor.finish()
  }

  /// Multiply-accumulate operations of the encoders and of the decoders.
  package func macs() throws -> (encoder: Int, decoder: Int) {
    let graph = try inserted([:])
    let shaped = try graph.inferringShapes()
    func sum(_ half: String) -> Int {
      let prefixes = coders.indices.map { prefix($0, half) + "/" }
      return zip(graph.nodes, shaped.macs).reduce(0) { sum, pair in
        sum + (prefixes.contains { pair.0.name.hasPrefix($0) } ? pair.1 : 0)
      }
    }
    return (sum("encoder"), sum("decoder"))
  }
}

extension BottleneckShape {
  /// The shape of what crosses.
  ///
  /// - Parameter tensor: 1×C×H×W.
  /// - Returns: 1×c×h×w.
  func latent(of tensor: Shape) -> Shape {
    func extent(_ whole: Int) -> Int {
      // Two steps of 2 round up twice.
      kind == .paper ? ((whole + 1) / 2 + 1) / 2 : (whole + stride - 1) / stride
    }
    return Shape([
      tensor[0], kind == .paper ? 2 * channels : channels, extent(tensor[2]), extent(tensor[3]),
    ])
  }
}
