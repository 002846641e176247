import SplitpipeCore
import SplitpipeStatistics
import SplitpipeTestSupport
import Testing

@testable import SplitpipeEvaluation
@testable import SplitpipeModel

@Suite struct `A plan` {
  private func split(_ name: String, isModule: Bool = true, bytes: Int = 4, macs: Int = 1)
    -> SplitSummary
  {
    let tensor = CrossingTensor(
      name: name, module: isModule ? name : nil, plainName: name,
      shape: Shape([1, 1, 1, bytes / 4]))
    return SplitSummary(
      name: name, isModule: isModule, frontier: [tensor], headMACs: macs, tailMACs: 1)
  }

  @Test func `stands on short module paths first, then on the cheapest of even stretches`() {
    let splits = [
      split("0"), split("1.cv1"), split("1.cv2"), split("1"), split("2.m.0", bytes: 8),
      split("2.m.1", bytes: 4), split("2.m.2", bytes: 4), split("2"),
      split("/Add", isModule: false, bytes: 4),
    ]
    #expect(representativeSplits(splits, count: 3).map(\.name) == ["0", "1", "2"])
    #expect(
      representativeSplits(splits, count: 4, including: "2.m.0").map(\.name)
        == ["0", "1", "2.m.0", "2"])
    // Of 2.m.0, 2.m.1 and 2.m.2 one finds room: the last of the cheapest.
    #expect(
      representativeSplits(splits, count: 6).map(\.name)
        == ["0", "1.cv1", "1.cv2", "1", "2.m.2", "2"])
    #expect(representativeSplits(splits, count: 50).map(\.name) == splits.map(\.name))
  }

  @Test func `leaves out heads that compute nothing, unless there are no others`() {
    let splits = [split("a", macs: 0), split("b")]
    #expect(representativeSplits(splits, count: 5).map(\.name) == ["b"])
    #expect(representativeSplits([splits[0]], count: 5).map(\.name) == ["a"])
  }

  @Test func `marks what no other beats in everything known of both`() {
    let points: [[Double?]] = [
      [1, 5, nil], [2, 5, -1], [1, 5, -1], [3, 1, -9], [3, 1, nil], [4, 1, -9],
    ]
    #expect(ParetoFront.isUnbeaten(points) == [true, false, true, true, true, false])
  }

  @Test func `checks splits from the first to the last`() {
    let names = (0..<25).map(String.init)
    #expect(PlanCheck.chosen(4, of: names) == ["0", "8", "16", "24"])
    #expect(PlanCheck.chosen(99, of: names) == names)
    #expect(PlanCheck.chosen(1, of: names) == ["0"])
    #expect(PlanCheck.chosen(0, of: names) == [])
  }

  /// 1×1×4×4 → Conv to 2 channels → Relu → Add of both.
  @Test func `counts the tensors that are alive at a time`() throws {
    let graph = ModelGraph(
      name: "net", opset: 13,
      nodes: [
        Node(name: "c", operation: "Conv", inputs: ["x", "w"], outputs: ["y"]),
        Node(name: "r", operation: "Relu", inputs: ["y"], outputs: ["z"]),
        Node(name: "a", operation: "Add", inputs: ["y", "z"], outputs: ["s"]),
        Node(name: "l", operation: "Relu", inputs: ["s"], outputs: ["t"]),
      ],
      inputs: [GraphInput(name: "x", elementType: .float32, dimensions: [1, 1, 4, 4])],
      outputs: ["t"],
      weights: [
        "w": Weight(
          shape: Shape([2, 1, 1, 1]), elementType: .float32, bytes: [UInt8](repeating: 0, count: 8))
      ])
    let memory = try GraphMemory(graph)
    #expect(memory.weightBytes == 8)
    // x is 64 bytes, every other tensor 128; y, z and s are alive together.
    #expect(memory.peakBytes == 3 * 128)
  }
}

@Suite struct `A rank correlation` {
  @Test func `is that of SciPy, ties included`() throws {
    let first = try #require(RankCorrelation(Array(zip([12.0, 2, 1, 12, 2], [1.0, 4, 7, 1, 0]))))
    #expect(abs(first.tau - -0.471404520791031) < 1e-12)
    let second = try #require(RankCorrelation(Array(zip([1.0, 2, 3, 4, 5], [5.0, 6, 7, 8, 7]))))
    #expect(abs(second.rho - 0.820782681668123) < 1e-12)
  }

  @Test func `has intervals that hold it, narrower with more values`() throws {
    func noisy(_ count: Int) throws -> RankCorrelation {
      let pairs = (0..<count).map { (place: Int) -> (Double, Double) in
        (Double(place), Double(place) + (place % 3 == 0 ? 4 : 0))
      }
      return try #require(RankCorrelation(pairs))
    }
    let (few, many) = (try noisy(9), try noisy(60))
    for found in [few, many] {
      let interval = try #require(found.interval)
      #expect(interval.tau[0] < found.tau && found.tau < interval.tau[1])
      #expect(interval.rho[0] < found.rho && found.rho < interval.rho[1])
    }
    func width(_ found: RankCorrelation) throws -> Double {
      let interval = try #require(found.interval)
      return interval.rho[1] - interval.rho[0]
    }
    #expect(try width(many) < width(few))
  }

  @Test func `does not exist where there is nothing to order`() {
    #expect(RankCorrelation([(1, 2), (2, 3)]) == nil)
    #expect(RankCorrelation([(1, 2), (1, 3), (1, 4)]) == nil)
    #expect(RankCorrelation([(1, 2), (.nan, 3), (2, 4), (3, .infinity)]) == nil)
    // The same order has no spread to make an interval of.
    let same = RankCorrelation((0..<9).map { (Double($0), Double($0)) })
    #expect(same?.tau == 1 && same?.interval == nil)
  }
}
