import SplitpipeCore
import Testing

@testable import SplitpipeModel

@Suite struct `A graph editor` {
  /// early = Relu(images), late = early + offset, end = late · early.
  private static var sketch: GraphSketch {
    var sketch = GraphSketch()
    sketch.weight("offset", [3, 1, 1])
    sketch.add("Relu", ["images"], ["early"])
    sketch.add("Add", ["early", "offset"], ["late"])
    sketch.add("Mul", ["late", "early"], ["end"])
    sketch.graph.outputs = ["end"]
    sketch.graph.aliases = ["1": "early", "1.act": "early", "2": "late"]
    return sketch
  }

  @Test func `gives every name once`() {
    var editor = GraphEditor(Self.sketch.graph)
    #expect(editor.freshName("late") == "late'")
    #expect(editor.freshName("late") == "late''")
    #expect(editor.freshName("images") == "images'")
    #expect(editor.freshName("offset") == "offset'")
    #expect(editor.freshName("new") == "new")
    #expect(editor.add("Relu", ["early"], named: "new") == "new'")
    #expect(editor.add(Weight(floats: [1], shape: Shape([])), named: "early") == "early'")
  }

  @Test func `gives nodes names of their own`() throws {
    var editor = GraphEditor(Self.sketch.graph)
    let first = editor.add("Relu", ["late"], named: "Relu_0", output: "first")
    let second = editor.add("Relu", [first], named: "Relu_0", output: "second")
    editor.outputs = [second]
    #expect(
      try editor.finish().nodes.map(\.name) == ["Relu_0", "Add_1", "Relu_0'", "Relu_0''"])
  }

  @Test func `leaves aliases at what a module makes, whoever reads it`() throws {
    var editor = GraphEditor(Self.sketch.graph)
    let negated = editor.add("Neg", ["images"], named: "negated")
    editor.replaceUses(of: "early", with: negated)
    let graph = try editor.finish()
    #expect(
      graph.nodes.map(\.inputs) == [["images"], ["negated", "offset"], ["late", "negated"]])
    // Nothing needs it any more.
    #expect(graph.aliases == ["2": "late"])
    #expect(graph.outputs == ["end"])
  }

  @Test func `renames a tensor everywhere`() throws {
    var editor = GraphEditor(Self.sketch.graph)
    #expect(editor.rename("early", to: "late") == "late'")
    editor.rename("images", to: "picture")
    editor.rename("offset", to: "bias")
    editor.rename("end", to: "result")
    let graph = try editor.finish()
    #expect(
      graph.nodes.map(\.inputs) == [["picture"], ["late'", "bias"], ["late", "late'"]])
    #expect(graph.nodes.map(\.outputs) == [["late'"], ["late"], ["result"]])
    #expect(graph.aliases == ["1": "late'", "1.act": "late'", "2": "late"])
    #expect(graph.inputs.map(\.name) == ["picture"] && graph.outputs == ["result"])
    #expect(graph.weights.keys.sorted() == ["bias"])
  }

  @Test func `puts nodes between a tensor and all that read it`() throws {
    var editor = GraphEditor(Self.sketch.graph)
    editor.insert(at: "early") { editor in
      let half = editor.add(Weight(floats: [0.5], shape: Shape([])), named: "half")
      let halved = editor.add("Mul", ["early", half], named: "halved")
      return editor.add("Sub", ["early", halved], named: "rest")
    }
    let graph = try editor.finish()
    #expect(graph.nodes.map(\.operation) == ["Relu", "Mul", "Sub", "Add", "Mul"])
    #expect(
      graph.nodes.map(\.inputs) == [
        ["images"], ["early", "half"], ["early", "halved"], ["rest", "offset"], ["late", "rest"],
      ])
    #expect(graph.aliases == Self.sketch.graph.aliases)
    // The new tensors can be cut at like those of the model.
    #expect(try cut(graph, at: "halved").frontier.map(\.name) == ["early", "halved"])
  }

  @Test func `turns weights into inputs and tensors into what the caller feeds`() throws {
    var editor = GraphEditor(Self.sketch.graph)
    let weight = editor.promote(weight: "offset")
    #expect(weight == Self.sketch.graph.weights["offset"])
    editor.feed(
      "early", as: GraphInput(name: "fed", elementType: .float32, dimensions: [1, 3, 8, 8]))
    let graph = try editor.finish(keepsUnusedInputs: false)
    #expect(graph.inputs.map(\.name) == ["offset", "fed"])
    #expect(graph.inputs.first?.dimensions == [3, 1, 1])
    #expect(graph.nodes.map(\.inputs) == [["fed", "offset"], ["late", "fed"]])
    #expect(graph.weights.isEmpty)
    #expect(try graph.inferringShapes().types["end"]?.shape == Shape([1, 3, 8, 8]))
  }

  @Test func `keeps what the outputs need, in an order that can run`() throws {
    var editor = GraphEditor(Self.sketch.graph)
    editor.inputs.append(GraphInput(name: "other", elementType: .float32, dimensions: []))
    editor.outputs = ["early"]
    let graph = try editor.finish()
    #expect(graph.nodes.map(\.operation) == ["Relu"])
    #expect(graph.weights.isEmpty && graph.aliases == ["1": "early", "1.act": "early"])
    #expect(graph.inputs.map(\.name) == ["images", "other"])
    #expect(try editor.finish(keepsUnusedInputs: false).inputs.map(\.name) == ["images"])
    // A graph without edits stays as it is.
    #expect(try GraphEditor(GraphSketch.c3).finish() == GraphSketch.c3)
  }

  @Test func `says which edit left no sound graph`() {
    func message(_ edit: (inout GraphEditor) -> Void) -> String? {
      var editor = GraphEditor(Self.sketch.graph)
      edit(&editor)
      let error = #expect(throws: SplitpipeError.self) { try editor.finish() }
      #expect(error?.kind == .bug)
      return error?.message
    }
    let start = "the edited graph \"sketch\" is not sound: "
    #expect(
      message { $0.replaceUses(of: "early", with: "nowhere") }
        == start + "node \"Add_1\" (Add) reads tensor \"nowhere\", which nothing makes")
    #expect(
      message { $0.replaceUses(of: "images", with: "late") }
        == start + "the graph has a cycle: \"Add_1\" → \"Relu_0\" → \"Add_1\"; a model must flow "
        + "one way")
    #expect(
      message {
        $0.add(Node(name: "twice", operation: "Neg", inputs: ["images"], outputs: ["early"]))
      } == start + "tensor \"early\" is made twice, by node \"twice\" (Neg) and another")
    #expect(
      message { $0.inputs.append($0.inputs[0]) }
        == start + "tensor \"images\" is made twice, by two inputs of the graph")
    #expect(message { $0.outputs = [] } == start + "the graph has no output")
    #expect(
      message { $0.outputs = ["lost"] }
        == start + "the graph's output \"lost\" is made by no node")
  }

  @Test func `changes no tensor that the graph does not have`() async {
    await #expect(processExitsWith: .failure) {
      var sketch = GraphSketch()
      sketch.add("Relu", ["images"], ["end"])
      sketch.graph.outputs = ["end"]
      var editor = GraphEditor(sketch.graph)
      editor.replaceUses(of: "nowhere", with: "end")
    }
    await #expect(processExitsWith: .failure) {
      var editor = GraphEditor(GraphSketch().graph)
      _ = editor.promote(weight: "images")
    }
  }

  @Test func `adds the sigmoid of scores under names that a file may hold already`() throws {
    var sketch = GraphSketch(input: [1, 20, 7])
    sketch.weight("splitpipe/scores/raw", [20, 7])
    sketch.add("Add", ["images", "splitpipe/scores/raw"], ["output"])
    sketch.graph.outputs = ["output"]
    let graph = try sketch.graph.activatingScores(fields: 7)
    #expect(graph.outputs == ["output"])
    #expect(
      graph.nodes.flatMap(\.outputs) == [
        "splitpipe/scores/logits", "splitpipe/scores/boxes", "splitpipe/scores/raw'",
        "splitpipe/scores/scores", "output",
      ])
    #expect(try graph.inferringShapes().types["output"]?.shape == Shape([1, 20, 7]))
  }
}
