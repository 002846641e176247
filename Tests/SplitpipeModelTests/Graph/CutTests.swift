import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite struct CutTests {
  @Test(arguments: ["4.m", "model.4.m", "4.m.0", "Add_12"])
  func `the inner block of a C3 sends its output and the parallel branch`(split: String) throws {
    let halves = try cut(GraphSketch.c3, at: split)
    #expect(halves.frontier.map(\.label) == ["4.m", "4.cv2"])
    #expect(halves.frontier.map(\.shape) == [Shape([1, 16, 8, 8]), Shape([1, 16, 8, 8])])
    #expect(halves.frontier.map(\.rawBytes) == [16 * 64 * 4, 16 * 64 * 4])
    #expect(halves.head.inputs.map(\.name) == ["images"])
    #expect(halves.head.outputs == ["4.m", "4.cv2"])
    #expect(halves.tail.inputs.map(\.name) == ["4.m", "4.cv2"])
    #expect(halves.tail.outputs == ["5"])
  }

  @Test func `halves hold every node and weight once and only what they need`() throws {
    let whole = GraphSketch.c3
    let halves = try cut(whole, at: "4.m")
    #expect(
      (halves.head.nodes + halves.tail.nodes).map(\.name).sorted()
        == whole.nodes.map(\.name).sorted())
    #expect(halves.tail.weights.keys.sorted() == ["4.weight", "5.weight"])
    #expect(halves.head.weights.count + halves.tail.weights.count == whole.weights.count)
    _ = try halves.head.sortedTopologically()
    _ = try halves.tail.sortedTopologically()
  }

  @Test func `the operations of both halves add up to those of the model`() throws {
    let whole = GraphSketch.c3
    let total = try whole.inferringShapes().macs.reduce(0, +)
    #expect(total == 64 * (3 * 64 + 64 * 16 + 16 * 16 * 2 + 64 * 16 + 32 * 64 + 64 * 8))
    for split in try usableSplits(whole) {
      #expect(split.headMACs + split.tailMACs == total, "\(split.name)")
    }
  }

  @Test func `usable splits come in graph order under the names of their modules`() throws {
    let splits = try usableSplits(GraphSketch.c3)
    #expect(
      splits.filter(\.isModule).map(\.name) == [
        "3.conv", "3", "4.cv1.conv", "4.cv1", "4.m.0.cv1.conv", "4.m.0.cv1", "4.m.0.cv2.conv",
        "4.m.0.cv2", "4.m", "4.cv2.conv", "4.cv2", "4.conv", "4", "5.conv",
      ])
    for split in splits {
      let halves = try cut(GraphSketch.c3, at: split.name)
      #expect(halves.frontier == split.frontier)
      #expect(halves.headMACs == split.headMACs)
    }
  }

  @Test(arguments: [
    ("images", "it is the model's input, so the head would be empty"),
    ("5", "nothing in the model reads it, so the tail would be empty"),
    ("3.weight", "it is a weight, so the head would be empty"),
  ])
  func `a split that cannot be cut says why`(split: String, reason: String) throws {
    let error = #expect(throws: SplitpipeError.self) { try cut(GraphSketch.c3, at: split) }
    #expect(error?.message == "cannot split at \"\(split)\": \(reason)")
    #expect(error?.kind == .usage)
  }

  @Test func `an unknown split names the nearest ones`() {
    let error = #expect(throws: SplitpipeError.self) { try cut(GraphSketch.c3, at: "4.n") }
    #expect(error?.kind == .usage)
    #expect(
      error?.message
        == "the model has no split \"4.n\"; the nearest names are \"4.m\" "
        + "(splitpipe splits MODEL lists all)")
  }

  @Test func `a node or module of several outputs asks for one of them`() throws {
    var sketch = GraphSketch()
    sketch.add("Split", ["images"], ["left", "right"], scope: "7.cv", ["axis": .int(2)])
    sketch.add("Relu", ["left"], ["a"], scope: "8")
    sketch.add("Relu", ["right"], ["b"], scope: "8")
    sketch.add("Add", ["a", "b"], ["sum"])
    sketch.graph.outputs = ["sum"]
    for (split, kind, names) in [
      ("Split_0", "node", "\"left\", \"right\""), ("8", "module", "\"a\", \"b\""),
      ("7.cv", "module", "\"left\", \"right\""),
    ] {
      let error = #expect(throws: SplitpipeError.self) { try cut(sketch.graph, at: split) }
      #expect(
        error?.message
          == "cannot split at \"\(split)\": the \(kind) has several outputs; name one of them: "
          + names)
    }
    // Half the picture is smaller than what else could cross.
    #expect(try cut(sketch.graph, at: "left").frontier.map(\.name) == ["left", "b"])
  }

  @Test func `a tensor that is no float32 or has no known shape cannot cross`() throws {
    var sketch = GraphSketch()
    sketch.add("ArgMax", ["images"], ["best"], ["axis": .int(1)])
    sketch.add("Riddle", ["best"], ["riddle"])
    sketch.add("Relu", ["riddle"], ["end"])
    sketch.graph.outputs = ["end"]
    let integers = #expect(throws: SplitpipeError.self) { try cut(sketch.graph, at: "best") }
    #expect(
      integers?.message
        == "cannot split at \"best\": tensor \"best\" would cross, which is int64; only float32 "
        + "and float16 tensors can be sent")
    let unknown = #expect(throws: SplitpipeError.self) { try cut(sketch.graph, at: "riddle") }
    #expect(
      unknown?.message
        == "cannot split at \"riddle\": tensor \"riddle\", made by node \"Riddle_1\" (Riddle), would "
        + "cross, and its shape is not known")
    #expect(try usableSplits(sketch.graph).isEmpty)
  }

  @Test func `an output of the model that the head makes is sent and handed on`() throws {
    var sketch = GraphSketch()
    sketch.add("Relu", ["images"], ["early"])
    sketch.add("Sigmoid", ["early"], ["late"])
    sketch.add("Relu", ["late"], ["end"])
    sketch.graph.outputs = ["early", "end"]
    let halves = try cut(sketch.graph, at: "late")
    #expect(halves.frontier.map(\.label) == ["early", "late"])
    #expect(halves.head.outputs == halves.tail.inputs.map(\.name))
    #expect(halves.tail.outputs == ["early", "end"])
    _ = try halves.tail.sortedTopologically()
  }

  @Test func `a picture that the tail reads crosses as a copy under another name`() throws {
    var sketch = GraphSketch()
    sketch.weight("kernel", [64, 3, 1, 1])
    sketch.weight("back", [3, 64, 1, 1])
    sketch.add("Conv", ["images", "kernel"], ["wide"])
    sketch.add("Conv", ["wide", "back"], ["narrow"])
    sketch.add("Add", ["images", "narrow"], ["sum"])
    sketch.graph.outputs = ["sum"]
    let halves = try cut(sketch.graph, at: "wide")
    #expect(halves.frontier.map(\.label) == ["images", "wide"])
    #expect(halves.head.outputs == ["images/crossing", "wide"])
    #expect(halves.tail.inputs.map(\.name) == ["images/crossing", "wide"])
    let fed = prependingByteInput(halves.head, scale: 1 / 255)
    #expect(fed.inputs.map(\.elementType) == [.uint8])
    let types = try fed.sortedTopologically().inferringShapes().types
    #expect(
      types["images/crossing"] == TensorType(shape: Shape([1, 3, 8, 8]), elementType: .float32))
  }

  @Test func `constants that nodes compute are copied into both halves`() throws {
    var sketch = GraphSketch()
    sketch.weight("large", [3, 64, 64])
    sketch.add("Exp", ["large"], ["constant"])
    sketch.add("ReduceMean", ["constant"], ["offset"], ["axes": .ints([1, 2])])
    sketch.add("Add", ["images", "offset"], ["first"])
    sketch.add("Mul", ["first", "offset"], ["end"])
    sketch.graph.outputs = ["end"]
    let halves = try cut(sketch.graph, at: "first")
    #expect(halves.frontier.map(\.name) == ["first"])
    #expect(halves.head.nodes.map(\.operation) == ["Exp", "ReduceMean", "Add"])
    #expect(halves.tail.nodes.map(\.operation) == ["Exp", "ReduceMean", "Mul"])
    let error = #expect(throws: SplitpipeError.self) { try cut(sketch.graph, at: "offset") }
    #expect(
      error?.message
        == "cannot split at \"offset\": it is a constant, so the head would be empty")
  }

  @Test func `a tensor of half precision crosses as float32`() throws {
    var sketch = GraphSketch()
    sketch.half("kernel", [4, 3, 1, 1])
    sketch.add("Cast", ["images"], ["half"], scope: "0", ["to": .int(10)])
    sketch.add("Conv", ["half", "kernel"], ["conv"], scope: "1")
    sketch.add("Relu", ["conv"], ["act"], scope: "2")
    sketch.add("Sigmoid", ["act"], ["squashed"], scope: "3")
    sketch.add("Add", ["act", "squashed"], ["sum"], scope: "4")
    sketch.add("Cast", ["sum"], ["end"], scope: "5", ["to": .int(1)])
    sketch.graph.outputs = ["end"]
    let graph = sketch.graph
    let halves = try cut(graph, at: "Relu_2")
    #expect(halves.frontier.map(\.label) == ["act"])
    #expect(halves.frontier.map(\.rawBytes) == [4 * 64 * 4])
    let types = try halves.head.inferringShapes().types
    #expect(types[halves.head.outputs[0]]?.elementType == .float32)
    #expect(halves.tail.inputs.map(\.elementType) == [.float32])
    #expect(halves.tail.nodes.map(\.operation).sorted() == ["Add", "Cast", "Cast", "Sigmoid"])
    let inTail = try halves.tail.inferringShapes().types
    #expect(inTail["end"] == TensorType(shape: Shape([1, 4, 8, 8]), elementType: .float32))
    #expect(inTail["squashed"]?.elementType == .float16)
    #expect(try usableSplits(graph).count == 5)
    let tap = try Tap(graph, at: ["act", "end", "act"])
    #expect(tap.tensors.map(\.label) == ["act", "end"])
    #expect(
      try tap.graph.outputs.map { try tap.graph.inferringShapes().types[$0]?.elementType }
        == [.float32, .float32])
  }

  @Test func `an output of half precision that the head makes is handed on as it was`() throws {
    var sketch = GraphSketch()
    sketch.add("Cast", ["images"], ["half"], ["to": .int(10)])
    sketch.add("Relu", ["half"], ["early"])
    sketch.add("Sigmoid", ["early"], ["late"])
    sketch.graph.outputs = ["early", "late"]
    let halves = try cut(sketch.graph, at: "early")
    #expect(halves.frontier.count == 1)
    #expect(halves.tail.outputs == ["early", "late"])
    let types = try halves.tail.inferringShapes().types
    #expect(types["early"]?.elementType == .float16 && types["late"]?.elementType == .float16)
  }

  @Test func `a module of one output is named by its path even where its last tensor has another`()
    throws
  {
    // Codes of 8 bits leave the module, which no path of data names.
    var sketch = GraphSketch()
    sketch.floats("scale", 0.5)
    sketch.add("Relu", ["images"], ["act"], scope: "1")
    sketch.add("QuantizeLinear", ["act", "scale"], ["codes"], scope: "2.m")
    sketch.add("DequantizeLinear", ["codes", "scale"], ["back"], scope: "3")
    sketch.add("Sigmoid", ["back"], ["end"], scope: "4")
    sketch.graph.outputs = ["end"]
    let error = #expect(throws: SplitpipeError.self) { try cut(sketch.graph, at: "2") }
    #expect(
      error?.message
        == "cannot split at \"2\": tensor \"codes\" would cross, which is uint8; only float32 and "
        + "float16 tensors can be sent")
    #expect(try cut(sketch.graph, at: "3").frontier.map(\.name) == ["back"])
  }

  @Test func `the scale of codes does not cross, what the codes are of does`() throws {
    var sketch = GraphSketch()
    sketch.graph.weights["w"] = Weight(
      shape: Shape([4, 3, 1, 1]), elementType: .uint8, bytes: [UInt8](repeating: 3, count: 12))
    sketch.add("Relu", ["images"], ["act"])
    sketch.add("DynamicQuantizeLinear", ["act"], ["codes", "scale", "zero"])
    sketch.add("ConvInteger", ["codes", "w", "zero"], ["sums"])
    sketch.add("Cast", ["sums"], ["floats"], ["to": .int(1)])
    sketch.add("Mul", ["floats", "scale"], ["conv"])
    sketch.add("Relu", ["conv"], ["end"])
    sketch.graph.outputs = ["end"]
    #expect(try usableSplits(sketch.graph).map(\.name) == ["act", "conv"])
    #expect(try sketch.graph.inferringShapes().macs.reduce(0, +) == 64 * 12)
    let error = #expect(throws: SplitpipeError.self) { try cut(sketch.graph, at: "floats") }
    #expect(
      error?.message
        == "cannot split at \"floats\": tensor \"scale\" would cross, which is a single number, as the "
        + "scale of an operator of integers is; only tensors with dimensions can be sent")
  }
}
