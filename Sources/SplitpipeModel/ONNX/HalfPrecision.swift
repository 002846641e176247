import SplitpipeCore

extension ModelGraph {
  /// The graph with float32 where it takes float16: converted at once, so that the rest is as it was.
  func takingFloat32() throws -> ModelGraph {
    guard let input = inputs.first, inputs.count == 1, input.elementType == .float16 else {
      return self
    }
    var editor = GraphEditor(self)
    editor.inputs[0].elementType = .float32
    editor.insert(at: input.name) { editor in
      editor.cast(input.name, to: .float16, named: "splitpipe/input/\(input.name)/float16")
    }
    return try editor.finish()
  }

  /// The graph with float32 where it gives float16; the outputs keep their names.
  ///
  /// - Parameters:
  ///   - message: what the file says of outputs whose type is not known.
  ///   - types: what is known.
  /// - Returns: the graph, itself where nothing is to be done.
  /// - Throws: nothing that a sound graph can cause.
  func givingFloat32(_ message: ONNXModel, types: [String: TensorType]) throws -> ModelGraph {
    let half = outputs.filter { output in
      if let type = types[output]?.elementType { return type == .float16 }
      let declared = message.graph.output.first { $0.name == output }
      return declared?.type.tensorType.elemType == Int32(ElementType.float16.rawValue)
    }
    guard !half.isEmpty else { return self }
    var editor = GraphEditor(self)
    let names = editor.outputs
    for output in half {
      let inner = editor.rename(output, to: "splitpipe/output/\(output)/float16")
      editor.add(
        Node(
          name: "splitpipe/output/\(output)/Cast", operation: "Cast", inputs: [inner],
          outputs: [output], attributes: ["to": .int(Int64(ElementType.float32.rawValue))]))
    }
    editor.outputs = names
    return try editor.finish()
  }
}
