import SplitpipeCore
import Testing

@testable import SplitpipeModel

/// What hand-made checkpoints of one convolution and a head become.
struct TinyCheckpointTests {
  private func read(_ checkpoint: TinyCheckpoint) throws -> Model {
    try readCheckpoint(bytes: checkpoint.bytes, name: "tiny.pt")
  }

  private func graph(_ checkpoint: TinyCheckpoint) throws -> ModelGraph {
    try read(checkpoint).graph(PixelSize(width: 32, height: 16))
  }

  @Test func `the normalization is folded into the convolution`() throws {
    let graph = try graph(TinyCheckpoint())
    let weight = floats(graph.weights["0.conv.weight"])
    let scales: [Double] = [1, 2, 0.5, -1]
    let variances: [Double] = [1, 0.25, 4, 9]
    let means: [Double] = [0.5, 0, -1, 2]
    for channel in 0..<4 {
      let scale = scales[channel] / (variances[channel] + 0.001).squareRoot()
      for index in channel * 27..<(channel + 1) * 27 {
        let raw = Double(index % 7) / 8 - 0.25
        #expect(abs(Double(weight[index]) - raw * scale) < 1e-6)
      }
      let bias = Double(channel) - means[channel] * scale
      #expect(abs(Double(floats(graph.weights["0.conv.bias"])[channel]) - bias) < 1e-6)
    }
  }

  @Test func `anchors are turned from cells into pixels`() throws {
    #expect(floats(try graph(TinyCheckpoint()).weights["1.0.anchors"]) == [8, 16, 24, 32])
  }

  @Test func `averaged weights are preferred to the last ones`() throws {
    var averaged = TinyCheckpoint()
    averaged.names = .list(["a", "b", "c"].map(Pickled.text))
    var checkpoint = TinyCheckpoint()
    checkpoint.ema = averaged.network
    #expect(try read(checkpoint).classNames == ["a", "b", "c"])
  }

  @Test func `class names may be a dictionary in any order`() throws {
    var checkpoint = TinyCheckpoint()
    checkpoint.names = .dictionary([
      (.integer(2), .text("z")), (.integer(0), .text("x")), (.integer(1), .text("y")),
    ])
    #expect(try read(checkpoint).classNames == ["x", "y", "z"])
  }

  @Test func `a licence the file states is passed on`() throws {
    var checkpoint = TinyCheckpoint()
    checkpoint.entries = [("license", .text("AGPL-3.0 (https://ultralytics.com/license)"))]
    #expect(try read(checkpoint).licence == "AGPL-3.0 (https://ultralytics.com/license)")
  }

  @Test func `a network fused before it was saved keeps its weights as they are`() throws {
    var checkpoint = TinyCheckpoint()
    checkpoint.layer = TinyCheckpoint.module(
      "models.common", "Conv", [("f", .integer(-1))],
      children: [
        (
          "conv",
          TinyCheckpoint.convolution(
            weight: .tensor("w", [4, 3, 3, 3]), bias: .tensor("beta", [4]), stride: 8, padding: 1)
        ), ("act", TinyCheckpoint.module("torch.nn.modules.linear", "Identity")),
      ])
    let graph = try graph(checkpoint)
    #expect(floats(graph.weights["0.conv.weight"])[..<3] == [-0.25, -0.125, 0])
    #expect(floats(graph.weights["0.conv.bias"]) == [0, 1, 2, 3])
    #expect(graph.aliases["0.conv"] == "0")
  }

  @Test(arguments: ["HalfStorage", "BFloat16Storage", "DoubleStorage"])
  func `weights of every float type are widened exactly`(type: String) throws {
    let values = (0..<108).map { Float($0) / 4 - 13 }
    var checkpoint = TinyCheckpoint()
    checkpoint.layer = TinyCheckpoint.convolutionLayer(
      weight: .tensor("v", [4, 3, 3, 3], type: type))
    checkpoint.storages["v"] = values.flatMap { value in
      switch type {
      case "HalfStorage": little(UInt64(Float16(value).bitPattern), 2)
      case "BFloat16Storage": little(UInt64(value.bitPattern >> 16), 2)
      default: little(Double(value).bitPattern, 8)
      }
    }
    #expect(floats(try graph(checkpoint).weights["0.weight"]) == values)
  }

  @Test func `every half of the 65536 is widened as the processor does`() throws {
    let bytes = (0..<65_536).flatMap { little(UInt64($0), 2) }
    let document = try PickleMachine.read(
      Pickled.tensor("v", [65_536], type: "HalfStorage").pickle)
    let values = try TensorView(document.root, in: document).values(of: bytes, from: 0)
    for (pattern, value) in values.enumerated() {
      let expected = Float(Float16(bitPattern: UInt16(pattern)))
      guard value.bitPattern != expected.bitPattern, !(value.isNaN && expected.isNaN) else {
        continue
      }
      Issue.record("half \(pattern): \(value), expected \(expected)")
    }
  }

  @Test func `offset and strides of a tensor are honoured`() throws {
    var checkpoint = TinyCheckpoint()
    checkpoint.layer = TinyCheckpoint.convolutionLayer(
      weight: .tensor("v", [4, 3, 3, 3], strides: [1, 4, 12, 36], offset: 5, storage: 120))
    checkpoint.storages["v"] = (0..<120).flatMap { little(UInt64(Float($0).bitPattern), 4) }
    var expected: [Float] = []
    for o in 0..<4 {
      for i in 0..<3 {
        for y in 0..<3 {
          for x in 0..<3 {
            expected.append(Float(5 + o + 4 * i + 12 * y + 36 * x))
          }
        }
      }
    }
    #expect(floats(try graph(checkpoint).weights["0.weight"]) == expected)
  }

  @Test(
    arguments: [
      ("SiLU", ["Sigmoid", "Mul"]), ("ReLU", ["Relu"]), ("LeakyReLU", ["LeakyRelu"]),
      ("Hardswish", ["HardSigmoid", "Mul"]),
    ])
  func `every activation becomes its ONNX operators`(name: String, operators: [String]) throws {
    var checkpoint = TinyCheckpoint()
    checkpoint.more = [
      TinyCheckpoint.module(
        "torch.nn.modules.activation", name,
        [("f", .integer(-1)), ("negative_slope", .real(0.1))])
    ]
    let nodes = try graph(checkpoint).nodes.filter { $0.scope == "1" }
    #expect(nodes.map(\.operation) == operators)
    #expect(nodes.last?.outputs == ["1"])
  }

  @Test func `a Focus layer slices the four phases of the picture before its convolution`() throws {
    var checkpoint = TinyCheckpoint()
    checkpoint.layer = TinyCheckpoint.module(
      "models.common", "Focus", [("f", .integer(-1))],
      children: [
        (
          "conv",
          TinyCheckpoint.module(
            "models.common", "Conv",
            children: [
              (
                "conv",
                TinyCheckpoint.convolution(
                  weight: .tensor("fw", [4, 12, 4, 4]), bias: .tensor("beta", [4]), stride: 4)
              )
            ])
        )
      ])
    checkpoint.storages["fw"] = [UInt8](repeating: 0, count: 4 * 12 * 16 * 4)
    let graph = try graph(checkpoint)
    let starts = graph.nodes.filter { $0.operation == "Slice" }.map { graph.weights[$0.inputs[1]] }
    #expect(starts == [[0, 0], [1, 0], [0, 1], [1, 1]].map { Weight(integers: $0) })
    #expect(["0", "0.conv", "0.conv.conv"].map { graph.aliases[$0] } == ["0", "0", "0"])
  }

  @Test func `ZIP64 records are read`() throws {
    let bytes = ZIPWriter(isZIP64: true).archive(TinyCheckpoint().members)
    #expect(try readCheckpoint(bytes: bytes, name: "tiny.pt").classNames.count == 3)
  }

  @Test func `the checksum is CRC-32 of the ZIP format`() {
    let bytes = Array("123456789".utf8)
    #expect(zipChecksum(of: bytes[...]) == 0xCBF4_3926)
    #expect(zipChecksum(of: bytes[4..<4]) == 0)
  }
}

extension TinyCheckpoint {
  /// A bare `Conv2d` of stride 8, 3 to 4 channels.
  static func convolutionLayer(weight: Pickled) -> Pickled {
    module(
      "torch.nn.modules.conv", "Conv2d",
      [
        ("f", .integer(-1)), ("stride", .integer(8)), ("padding", .integer(1)),
        ("dilation", .integer(1)), ("groups", .integer(1)),
      ], parameters: [("weight", weight), ("bias", .none)])
  }
}
