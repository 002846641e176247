import Testing

@testable import SplitpipeModel

@Suite struct ModuleScopeTests {
  @Test(arguments: [
    ("/model.4/m/m.0/cv1/conv/Conv", "4.m.0.cv1.conv"),
    ("/model/model.4/m/m.0/cv1/conv/Conv", "4.m.0.cv1.conv"),
    ("/model/model/model.4/Concat", "4"),
    ("/model.8/m.0/m/m.1/cv2/act/Sigmoid", "8.m.0.m.1.cv2.act"),
    ("/model.22/cv2.0/cv2.0.0/conv/Conv", "22.cv2.0.0.conv"),
    ("/_blocks.4/_expand_conv/Conv", "_blocks.4._expand_conv"),
    ("/backbone/stem/conv/conv/Conv_1", "backbone.stem.conv.conv"),
    ("/Reshape", ""), ("Conv_12", ""), ("", ""), ("/", ""), ("///", ""),
  ])
  func `the module path of a node is in its name`(name: String, scope: String) {
    #expect(moduleScope(ofNodeNamed: name) == scope)
  }

  @Test func `a module with one output is another name of that tensor`() {
    #expect(GraphSketch.c3.aliases["4.m"] == "4.m")
    #expect(GraphSketch.c3.aliases["4.m.0"] == "4.m")
    #expect(GraphSketch.c3.aliases["4"] == "4")
    // Read by the sum as well as by the activation: two tensors leave.
    var sketch = GraphSketch()
    sketch.add("Relu", ["images"], ["a"], scope: "0")
    sketch.add("Relu", ["a"], ["b"], scope: "0")
    sketch.add("Add", ["a", "b"], ["c"], scope: "1")
    sketch.graph.outputs = ["c"]
    #expect(sketch.graph.moduleOutputs { _ in true } == ["1": "c"])
    #expect(sketch.graph.moduleOutputs { $0 != "a" } == ["0": "b", "1": "c"])
  }

  @Test func `the codes of a tensor belong to the module that reads them`() {
    var sketch = GraphSketch()
    sketch.add("Relu", ["images"], ["a"], scope: "0.act")
    sketch.add("DynamicQuantizeLinear", ["a"], ["codes", "scale", "zero"], scope: "0.act")
    sketch.add("ConvInteger", ["codes", "w", "zero"], ["sums"], scope: "1.cv1.conv")
    sketch.add("Mul", ["scale", "other"], ["scales"], scope: "1.cv1")
    sketch.graph.outputs = ["sums", "scales"]
    #expect(sketch.graph.moduleOutputs { _ in true }["0"] == nil)
    sketch.graph.handCodingToReaders()
    #expect(sketch.graph.nodes[1].scope == "1.cv1")
    #expect(sketch.graph.moduleOutputs { _ in true }["0"] == "a")
    sketch.add("Shape", ["codes"], ["extents"], scope: "2")
    sketch.graph.handCodingToReaders()
    #expect(sketch.graph.nodes[1].scope.isEmpty)
  }
}
