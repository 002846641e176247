import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite struct MinimumCutTests {
  @Test(arguments: 0..<60)
  func `the cut costs no more than any other and has the largest head of the cheapest`(
    seed: Int
  ) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let graph = randomGraph(&generator)
    let flow = DataFlow(graph)
    // Few distinct costs make ties common.
    let cost = flow.tensors.map { _ in Int.random(in: 1...4, using: &generator) }
    for tensor in flow.tensors.indices {
      guard flow.tensors[tensor].producer != nil, !flow.tensors[tensor].consumers.isEmpty else {
        continue
      }
      let found = flow.minimumCut(at: tensor, cost: cost)
      let all = everyCut(flow, at: tensor)
      let best = all.map { price(flow, $0, cost) }.min()
      #expect(price(flow, found.isHead, cost) == best, "seed \(seed), tensor \(tensor)")
      #expect(all.contains(found.isHead), "seed \(seed), tensor \(tensor)")
      for other in all where price(flow, other, cost) == best {
        #expect(
          zip(other, found.isHead).allSatisfy { !$0 || $1 },
          "seed \(seed), tensor \(tensor): an equal cut has a node the head lacks")
      }
      #expect(found.crossing == flow.crossing(isHead: found.isHead))
    }
  }

  @Test func `a chain of twenty thousand nodes is cut without deep recursion`() throws {
    var sketch = GraphSketch()
    var last = "images"
    for index in 0..<20_000 { last = sketch.add("Relu", [last], ["t\(index)"])[0] }
    sketch.graph.outputs = [last]
    let flow = DataFlow(try sketch.graph.sortedTopologically())
    let sides = flow.minimumCut(at: 10_000, cost: flow.tensors.map { _ in 1 })
    #expect(sides.crossing == [10_000])
    #expect(sides.isHead.filter(\.self).count == 10_000)
  }

  @Test func `flow through a known network is its known maximum`() {
    // Source 0, sink 5; the cut {0, 1, 2} | {3, 4, 5} costs 4 + 3 + 2.
    var network = FlowNetwork(vertices: 6)
    for (from, to, capacity) in [
      (0, 1, 10), (0, 2, 10), (1, 2, 2), (1, 3, 4), (2, 3, 3), (2, 4, 2), (3, 5, 10), (4, 5, 10),
    ] {
      network.addEdge(from: from, to: to, capacity: capacity)
    }
    #expect(network.maximize(source: 0, sink: 5) == 9)
    #expect(network.reaching(sink: 5) == [false, false, false, true, true, true])
  }

  /// Up to nine nodes with one or two outputs over two inputs; several outputs of the graph.
  private func randomGraph(_ generator: inout SeededGenerator) -> ModelGraph {
    var sketch = GraphSketch()
    sketch.graph.inputs.append(
      GraphInput(name: "other", elementType: .float32, dimensions: [1]))
    var made = ["images", "other"]
    for index in 0..<Int.random(in: 2...9, using: &generator) {
      let inputs = (0..<Int.random(in: 1...3, using: &generator)).compactMap { _ in
        made.randomElement(using: &generator)
      }
      let outputs = (0...Int.random(in: 0...1, using: &generator)).map { "t\(index).\($0)" }
      sketch.add("Mystery", inputs, outputs)
      made += outputs
    }
    let results = made.dropFirst(2)
    sketch.graph.outputs =
      results.suffix(1)
      + results.dropLast().filter { _ in
        Int.random(in: 0..<8, using: &generator) == 0
      }
    return sketch.graph.pruned()
  }

  /// Every assignment that keeps the promise of a split.
  private func everyCut(_ flow: DataFlow, at tensor: Int) -> [[Bool]] {
    let head = flow.ancestors(of: tensor)
    let tail = flow.descendants(of: tensor)
    return (0..<(1 << flow.reads.count)).map { bits in
      flow.reads.indices.map { bits >> $0 & 1 == 1 }
    }.filter { isHead in
      flow.reads.indices.allSatisfy { node in
        guard !head[node] || isHead[node], !tail[node] || !isHead[node] else { return false }
        return !isHead[node]
          || flow.reads[node].allSatisfy { flow.tensors[$0].producer.map { isHead[$0] } ?? true }
      }
    }
  }

  private func price(_ flow: DataFlow, _ isHead: [Bool], _ cost: [Int]) -> Int {
    flow.crossing(isHead: isHead).reduce(0) { $0 + cost[$1] }
  }
}
