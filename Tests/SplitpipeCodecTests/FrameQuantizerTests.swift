import Glibc
import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

struct FrameQuantizerTests {
  private func quantizer(_ text: String, _ bits: Int) throws -> FrameQuantizer {
    try FrameQuantizer(settings: .parse(text), bits: depth(bits))
  }

  private func frontier(_ values: [Float], _ shape: [Int]? = nil) -> Frontier {
    Frontier(tensors: [
      NamedTensor(
        name: "t", tensor: Tensor(shape: Shape(shape ?? [values.count]), values: values))
    ])
  }

  /// Frames of two tensors that drift slowly, with now and then a jump.
  private func frames(_ count: Int, seed: UInt64) -> [Frontier] {
    var generator = SeededGenerator(seed: seed)
    let shapes = [Shape([1, 3, 5, 7]), Shape([2, 2, 4, 6])]
    var values = shapes.map { generator.values($0.count) }
    return (0..<count).map { _ in
      for tensor in values.indices {
        let scale = (values[tensor].max() ?? 1) - (values[tensor].min() ?? 0)
        for i in values[tensor].indices {
          let jump = Int.random(in: 0..<20, using: &generator) == 0
          values[tensor][i] +=
            Float.random(in: -1...1, using: &generator) * scale
            * (jump ? 0.5 : 0.02)
        }
      }
      return Frontier(
        tensors: zip(shapes, values).enumerated().map { index, pair in
          NamedTensor(name: "t\(index)", tensor: Tensor(shape: pair.0, values: pair.1))
        })
    }
  }

  /// The range of the code of each element.
  private func ranges(_ tensor: QuantizedTensor) -> [CodeRange] {
    tensor.codes.indices.map { index in
      tensor.ranges.count == 1
        ? tensor.ranges[0]
        : tensor.ranges[index / tensor.shape.planeCount % tensor.shape.channels]
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `the paper's settings give the paper's codes`(seed: UInt64) throws {
    let bits = Int(2 + seed % 7)
    var quantizer = try quantizer("paper", bits)
    let plain = try Quantizer(bits: depth(bits))
    for (index, frame) in frames(4, seed: seed).enumerated() {
      let dependency = index == 0 ? FrameDependency.key : .delta(from: index - 1)
      #expect(try quantizer.quantize(frame, as: dependency) == plain.quantize(frame))
    }
    #expect(quantizer.clamped == 0)
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `a fixed range gives the codes that the same range of the values gives`(
    seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let bits = Int(2 + seed % 7)
    let values = generator.values(1000)
    let plain = try Quantizer(bits: depth(bits)).quantize(frontier(values))
    var fixed = try quantizer("fixed=\(plain[0].minimum):\(plain[0].maximum)", bits)
    #expect(try fixed.quantize(frontier(values)) == plain, "seed \(seed)")
    #expect(fixed.clamped == 0)
  }

  /// Every quantizer's promise: within its range a restored value is half a step off, or as much
  /// more as the settings let codes stick; outside it is as near as the range's end.
  @Test(
    arguments: [
      "paper", "held", "held=0", "clip=95", "fixed=-900:700", "channel", "sticky=0.25", "sticky=1",
      "held+sticky=0.5", "channel+held+sticky=0.125", "clip=90+channel", "clip=99+held=2",
      "fixed=-5:5+sticky=0.25", "joint", "joint+held", "joint+held=20+sticky=0.35", "channel+joint",
      "clip=95+joint+held=0",
    ], 0..<6 as Range<UInt64>)
  func `errors stay within the bound of the settings`(text: String, seed: UInt64) throws {
    let bits = Int(2 + seed)
    let settings = try QuantizerSettings.parse(text)
    var quantizer = try FrameQuantizer(settings: settings, bits: depth(bits))
    let reach = 0.5 + Float(settings.stickiness ?? 0)
    var outside = 0
    for (index, frame) in frames(30, seed: seed).enumerated() {
      let dependency = index % 10 == 0 ? FrameDependency.key : .delta(from: index - 1)
      let coded = try quantizer.quantize(frame, as: dependency)
      for (named, tensor) in zip(frame.tensors, coded) {
        #expect(tensor.ranges.count == (text.contains("channel") ? tensor.shape.channels : 1))
        let restored = NamedTensor(restoring: tensor).tensor.values
        for (i, range) in ranges(tensor).enumerated() {
          let value = named.tensor.values[i]
          let step = (range.maximum - range.minimum) / Float(tensor.bits.levels - 1)
          let slack = max(abs(range.minimum), abs(range.maximum), step) * 8 * .ulpOfOne
          let nearest = min(max(value, range.minimum), range.maximum)
          outside += nearest == value ? 0 : 1
          #expect(
            abs(restored[i] - nearest) <= reach * step + slack,
            "seed \(seed), frame \(index), value \(value), restored \(restored[i])")
        }
      }
    }
    #expect(quantizer.clamped == outside, "seed \(seed)")
    #expect(settings.clamps || outside == 0)
  }

  @Test func `a held range is that of the key frame, wider by its headroom`() throws {
    var quantizer = try quantizer("held=10", 3)
    let key = try quantizer.quantize(frontier([0, 4, 10]))
    #expect(key[0].ranges == [CodeRange(minimum: -0.5, maximum: 10.5)])
    let delta = try quantizer.quantize(frontier([-3, 5, 20]), as: .delta(from: 0))
    #expect(delta[0].ranges == key[0].ranges)
    #expect(delta[0].codes == [0, 4, 7])
    #expect(quantizer.clamped == 2)
    let next = try quantizer.quantize(frontier([-3, 5, 20]), as: .key)
    #expect(next[0].minimum == -4.15 && next[0].maximum == 21.15)
    #expect(quantizer.clamped == 2)
  }

  private func pair(_ first: [Float], _ second: [Float]) -> Frontier {
    Frontier(
      tensors: zip(["wide", "narrow"], [first, second]).map { name, values in
        NamedTensor(name: name, tensor: Tensor(shape: Shape([values.count]), values: values))
      })
  }

  @Test func `joint ranges are as wide as the widest of the frame`() throws {
    var quantizer = try quantizer("joint", 3)
    let coded = try quantizer.quantize(pair([-2, 0, 5], [1, 1.6, 2.4]))
    #expect(coded[0].ranges == [CodeRange(minimum: -2, maximum: 5)])
    #expect(coded[1].ranges == [CodeRange(minimum: 1, maximum: 8)])
    // Steps of 1 in both.
    #expect(coded[0].codes == [0, 2, 7])
    #expect(coded[1].codes == [0, 1, 1])
    // Without a memory, the next frame has a width of its own.
    let next = try quantizer.quantize(pair([0, 14], [3, 4]), as: .delta(from: 0))
    #expect(next.map(\.ranges[0].maximum) == [14, 17])
    #expect(quantizer.clamped == 0)
  }

  @Test func `joint ranges that are held have headroom, below the lowest value in whole steps`()
    throws
  {
    var quantizer = try quantizer("joint+held=50", 3)
    // Widths of 14 and 4: with the headroom 21, so that a step is 3, and room below for 3.5 and 1.
    let coded = try quantizer.quantize(pair([-4, 10], [2, 6]))
    #expect(coded[0].ranges == [CodeRange(minimum: -7, maximum: 14)])
    #expect(coded[1].ranges == [CodeRange(minimum: 2, maximum: 23)])
    let next = try quantizer.quantize(pair([-8, 30], [5, 8]), as: .delta(from: 0))
    #expect(next.map(\.ranges) == coded.map(\.ranges))
    #expect(next.map(\.codes) == [[0, 7], [1, 2]])
    #expect(quantizer.clamped == 2)
  }

  @Test func `where a tensor is new, all joint ranges are taken anew`() throws {
    var quantizer = try quantizer("joint+held=0", 3)
    _ = try quantizer.quantize(pair([0, 7], [0, 1]))
    let coded = try quantizer.quantize(pair([0, 7], [0, 1, 70]), as: .delta(from: 0))
    #expect(coded.allSatisfy { $0.ranges == [CodeRange(minimum: 0, maximum: 70)] })
  }

  @Test func `clipping keeps the middle share and counts the rest`() throws {
    var quantizer = try quantizer("clip=90", 4)
    let coded = try quantizer.quantize(frontier((0..<100).map(Float.init)))
    #expect(coded[0].ranges == [CodeRange(minimum: 5, maximum: 94)])
    #expect(quantizer.clamped == 10)
    #expect(coded[0].codes.prefix(6).allSatisfy { $0 == 0 })
    #expect(coded[0].codes.suffix(6).allSatisfy { $0 == 15 })
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `clipped ranges are those of the sorted values`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let values = generator.values(Int.random(in: 1...3000, using: &generator))
    let percent = Double.random(in: 50..<100, using: &generator)
    var quantizer = try quantizer("clip=\(percent)", 3)
    let range = try quantizer.quantize(frontier(values))[0].ranges[0]
    let sorted = values.sorted()
    let dropped = Int(Double(values.count) * (100 - percent) / 200)
    #expect(range.minimum == sorted[dropped], "seed \(seed)")
    #expect(range.maximum == sorted[values.count - 1 - dropped], "seed \(seed)")
  }

  @Test func `a tensor that is nearly constant keeps its extremes when clipped`() throws {
    var quantizer = try quantizer("clip=90", 3)
    let values = [Float](repeating: 0, count: 99) + [7]
    let coded = try quantizer.quantize(frontier(values))
    #expect(coded[0].ranges == [CodeRange(minimum: 0, maximum: 7)])
    #expect(quantizer.clamped == 0)
  }

  @Test func `channels of several pictures share a range`() throws {
    var quantizer = try quantizer("channel", 2)
    let values: [Float] = [0, 1, 10, 40, /* second picture */ 3, 2, 20, 10]
    let coded = try quantizer.quantize(frontier(values, [2, 2, 1, 2]))
    #expect(
      coded[0].ranges == [
        CodeRange(minimum: 0, maximum: 3), CodeRange(minimum: 10, maximum: 40),
      ])
    #expect(coded[0].codes == [0, 1, 0, 3, 3, 2, 1, 0])
    #expect(NamedTensor(restoring: coded[0]).tensor.values == values)
    // A classifier's output has no channels.
    #expect(try quantizer.quantize(frontier([1, 2, 3], [1, 3]))[0].ranges.count == 1)
  }

  @Test func `a code stays while the value is near it and moves when it is not`() throws {
    // Codes are the values themselves; with 0.25, a code stays within 0.75 of it.
    var quantizer = try quantizer("fixed=0:7+sticky=0.25", 3)
    _ = try quantizer.quantize(frontier([3, 3, 3, 3, 0, 7]))
    let coded = try quantizer.quantize(
      frontier([3.74, 3.76, 2.26, 2.24, -0.7, 9]), as: .delta(from: 0))
    #expect(coded[0].codes == [3, 4, 3, 2, 0, 7])
    // In a key frame every value is rounded.
    #expect(try quantizer.quantize(frontier([3.74, 3, 2.26, 3, 0, 7]))[0].codes[0] == 4)
  }

  @Test func `a slow drift never gets further than the bound`() throws {
    var quantizer = try quantizer("fixed=0:7+sticky=0.5", 3)
    var worst: Float = 0
    for index in 0..<7000 {
      let value = Float(index) / 1000
      let coded = try quantizer.quantize(
        frontier([value, 7 - value]), as: index == 0 ? .key : .delta(from: index - 1))
      let restored = NamedTensor(restoring: coded[0]).tensor.values
      worst = max(worst, abs(restored[0] - value), abs(restored[1] - (7 - value)))
    }
    #expect(worst <= 1 && worst > 0.99)
  }

  @Test func `tensors that were not there before are taken anew`() throws {
    var quantizer = try quantizer("held+sticky=1", 3)
    _ = try quantizer.quantize(frontier([0, 1]))
    let coded = try quantizer.quantize(frontier([5, 50, 500]), as: .delta(from: 0))
    #expect(coded[0].maximum > 500)
  }

  @Test(
    arguments: [
      "paper", "held", "clip=90", "fixed=0:1", "channel", "sticky=0.5", "held+sticky=1",
      "joint",
    ],
    [Float.nan, .infinity, -.infinity])
  func `values that are no numbers are refused and leave nothing behind`(
    text: String, value: Float
  ) throws {
    var quantizer = try quantizer(text, 3)
    let shape = [1, 2, 2, 5]
    let good = frontier((0..<20).map { Float($0) / 20 }, shape)
    let first = try quantizer.quantize(good)
    for index in [0, 7, 19] {
      var values = good.tensors[0].tensor.values
      values[index] = value
      let error = #expect(throws: SplitpipeError.self) {
        try quantizer.quantize(frontier(values, shape), as: .delta(from: 0))
      }
      #expect(error?.kind == .badData)
      #expect(error?.message.contains("value \(index) of 20 is \(value)") == true)
    }
    #expect(try quantizer.quantize(good, as: .delta(from: 0)) == first)
    #expect(quantizer.clamped == 0 || text == "clip=90")
  }

  @Test func `a constant tensor has code zero in every way`() throws {
    for text in [
      "paper", "held", "clip=90", "channel", "sticky=0.5", "held+sticky=1", "joint", "joint+held",
    ] {
      var quantizer = try quantizer(text, 3)
      for index in 0..<3 {
        let coded = try quantizer.quantize(
          frontier([Float](repeating: 0.1, count: 12), [1, 3, 2, 2]),
          as: index == 0 ? .key : .delta(from: index - 1))
        #expect(coded[0].codes.allSatisfy { $0 == 0 }, "\(text)")
        #expect(NamedTensor(restoring: coded[0]).tensor.values.allSatisfy { $0 == 0.1 })
      }
      #expect(quantizer.clamped == 0)
    }
  }

  @Test func `the widest ranges do not overflow`() throws {
    var quantizer = try quantizer("held=100", 3)
    let big = Float.greatestFiniteMagnitude
    let coded = try quantizer.quantize(frontier([0, big]))
    #expect(coded[0].ranges == [CodeRange(minimum: 0, maximum: big)])
    let next = try quantizer.quantize(frontier([-big, big]), as: .delta(from: 0))
    #expect(next[0].codes == [0, 7])
    #expect(quantizer.clamped == 1)
    var joint = try self.quantizer("joint+held=100", 3)
    let both = try joint.quantize(pair([0, big], [big / 2, big]))
    #expect(
      both.map(\.ranges) == [
        [CodeRange(minimum: 0, maximum: big)], [CodeRange(minimum: big / 2, maximum: big)],
      ])
  }
}
