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
        + "tensors can be sent")
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
}
