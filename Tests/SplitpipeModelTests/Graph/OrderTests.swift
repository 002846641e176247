import SplitpipeCore
import Testing

@testable import SplitpipeModel

@Suite struct OrderTests {
  @Test func `nodes are put after those they depend on and else stay in place`() throws {
    var sketch = GraphSketch()
    sketch.add("Relu", ["b"], ["c"])
    sketch.add("Relu", ["images"], ["a"])
    sketch.add("Relu", ["images"], ["b"])
    sketch.graph.outputs = ["c", "a"]
    let sorted = try sketch.graph.sortedTopologically()
    #expect(sorted.nodes.map { $0.outputs[0] } == ["b", "c", "a"])
    #expect(try sorted.sortedTopologically() == sorted)
  }

  @Test func `a cycle is named`() {
    var sketch = GraphSketch()
    sketch.add("Add", ["images", "c"], ["a"])
    sketch.add("Relu", ["a"], ["b"])
    sketch.add("Relu", ["b"], ["c"])
    sketch.graph.outputs = ["c"]
    let error = #expect(throws: SplitpipeError.self) { try sketch.graph.sortedTopologically() }
    #expect(error?.kind == .badData)
    #expect(
      error?.message
        == "the graph has a cycle: \"Relu_1\" → \"Relu_2\" → \"Add_0\" → \"Relu_1\"; a model must "
        + "flow one way")
  }

  @Test func `tensors made twice, by nobody or not at all are named`() {
    func message(_ change: (inout GraphSketch) -> Void) -> String? {
      var sketch = GraphSketch()
      sketch.add("Relu", ["images"], ["a"])
      sketch.graph.outputs = ["a"]
      change(&sketch)
      let graph = sketch.graph
      return #expect(throws: SplitpipeError.self) { try graph.sortedTopologically() }?.message
    }
    #expect(
      message { $0.add("Relu", ["images"], ["a"]) }
        == "tensor \"a\" is made twice, by node \"Relu_1\" (Relu) and another")
    #expect(
      message { $0.weight("a", [1]) }
        == "tensor \"a\" is made twice, by a weight and node \"Relu_0\" (Relu)")
    #expect(
      message { $0.add("Relu", ["ghost"], ["b"]) }
        == "node \"Relu_1\" (Relu) reads tensor \"ghost\", which nothing makes")
    #expect(
      message { $0.graph.outputs.append("ghost") }
        == "the graph's output \"ghost\" is made by no node")
    #expect(message { $0.graph.outputs = [] } == "the graph has no output")
  }
}
