import Glibc
import SplitpipeCore
import SplitpipeInference
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite(OpenVINORuntime.needed) struct `Self-attention between pixels` {
  private static let (heads, keyWidth, valueWidth) = (2, 3, 4)
  private static let (height, width, channels) = (2, 5, 8)

  /// A convolution of 1×1, or one of 3×3 for each channel.
  private func layer(
    _ outputs: Int, groups: Int, _ generator: inout SeededGenerator
  ) -> ConvolutionLayer {
    let side = groups == 1 ? 1 : 3
    let shape = Shape([outputs, Self.channels / groups, side, side])
    let values = (0..<shape.count).map { _ in Float.random(in: -1...1, using: &generator) }
    return ConvolutionLayer(
      weight: Weight(floats: values, shape: shape),
      bias: Weight(
        floats: (0..<outputs).map { Float($0) / 16 }, shape: Shape([outputs])),
      stride: [1, 1], padding: [side / 2, side / 2], dilation: [1, 1], groups: groups)
  }

  /// The convolution in `Double`, of channels × pixels.
  private func apply(_ layer: ConvolutionLayer, _ input: [[Double]]) -> [[Double]] {
    let weights = layer.weight.elements(UInt32.self).map { Double(Float(bitPattern: $0)) }
    let side = layer.weight.shape[2]
    let depth = layer.weight.shape[1]
    return (0..<layer.weight.shape[0]).map { output in
      (0..<Self.height * Self.width).map { pixel in
        var sum = Double(output) / 16
        for channel in 0..<depth {
          for y in 0..<side {
            for x in 0..<side {
              let row = pixel / Self.width + y - side / 2
              let column = pixel % Self.width + x - side / 2
              guard (0..<Self.height).contains(row), (0..<Self.width).contains(column) else {
                continue
              }
              sum +=
                weights[((output * depth + channel) * side + y) * side + x]
                * input[layer.groups == 1 ? channel : output][row * Self.width + column]
            }
          }
        }
        return sum
      }
    }
  }

  @Test(arguments: [UInt64](1...3))
  func `is what the formula gives`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let (heads, keyWidth, valueWidth) = (Self.heads, Self.keyWidth, Self.valueWidth)
    let mixing = layer(heads * (2 * keyWidth + valueWidth), groups: 1, &generator)
    let position = layer(Self.channels, groups: Self.channels, &generator)
    let projection = layer(Self.channels, groups: 1, &generator)
    let pixels = Self.height * Self.width
    let input = (0..<Self.channels).map { _ in
      (0..<pixels).map { _ in Double(Float.random(in: -1...1, using: &generator)) }
    }

    let mixed = apply(mixing, input)
    var (values, means): ([[Double]], [[Double]]) = ([], [])
    for head in 0..<heads {
      let rows = Array(mixed.dropFirst(head * (2 * keyWidth + valueWidth)))
      var weights: [[Double]] = []
      for i in 0..<pixels {
        var powers: [Double] = []
        for j in 0..<pixels {
          var product = 0.0
          for number in 0..<keyWidth { product += rows[number][i] * rows[keyWidth + number][j] }
          powers.append(exp(0.5 * product))
        }
        let sum = powers.reduce(0, +)
        weights.append(powers.map { $0 / sum })
      }
      for row in rows.dropFirst(2 * keyWidth).prefix(valueWidth) {
        values.append(row)
        means.append(weights.map { weight in zip(row, weight).reduce(0) { $0 + $1.0 * $1.1 } })
      }
    }
    let positions = apply(position, values)
    let sums = zip(means, positions).map { mean, position in zip(mean, position).map(+) }
    let wanted = apply(projection, sums).flatMap { row in row.map { Float($0) } }

    var builder = GraphBuilder()
    let value = try builder.add(
      AttentionLayer(
        queriesKeysValues: .convolution(mixing), projection: .convolution(projection),
        position: .convolution(position), heads: heads, keyWidth: keyWidth,
        valueWidth: valueWidth, scale: 0.5),
      path: "attn",
      GraphBuilder.Value(
        name: "images", channels: Self.channels, height: Self.height, width: Self.width),
      output: "output")
    let shape = Shape([1, Self.channels, Self.height, Self.width])
    let graph = ModelGraph(
      name: "attention", opset: 13, nodes: builder.nodes,
      inputs: [
        GraphInput(name: "images", elementType: .float32, dimensions: shape.dimensions)
      ], outputs: [value.name], weights: builder.weights)
    let output = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: graph), name: "attention", precision: .f32, threads: 1
    ).run([.floats(Tensor(shape: shape, values: input.flatMap { row in row.map { Float($0) } }))])[
      0]
    #expect(output.shape == shape)
    #expect(largestDeviation(of: output.values, from: wanted) < 1e-5, "seed \(seed)")
  }
}
