import Testing

@testable import SplitpipeModel

@Suite struct OutputLayerTests {
  @Test func `what follows the last layer is looked for up to a layer of integers too`() {
    var sketch = GraphSketch()
    sketch.add("Sigmoid", ["images"], ["act"])
    sketch.add("DynamicQuantizeLinear", ["act"], ["codes", "scale", "zero"])
    sketch.add("ConvInteger", ["codes", "w", "zero"], ["sums"])
    sketch.add("Cast", ["sums"], ["floats"], ["to": .int(1)])
    sketch.add("Mul", ["floats", "scale"], ["conv"])
    sketch.add("Transpose", ["conv"], ["output"])
    sketch.graph.outputs = ["output"]
    #expect(sketch.graph.operationsAfterLayers(of: "output") == ["Cast", "Mul", "Transpose"])
  }
}
