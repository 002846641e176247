import SplitpipeCore

/// Adds operators to a graph, in the form that its opset has.
struct OperatorEmitter {
  var editor: GraphEditor
  let opset: Int
  private var prefix = "gradient"
  /// Copies of weights; see `copy(ofWeight:)`.
  private var copies: [String: String] = [:]

  init(_ graph: ModelGraph) { self.init(GraphEditor(graph)) }

  init(_ editor: GraphEditor) {
    self.editor = editor
    opset = editor.graph.opset
  }

  /// The names of what is added from now on begin with this.
  mutating func begin(_ prefix: String) { self.prefix = prefix }

  // MARK: - Constants

  mutating func constant(_ value: Float) -> String {
    editor.add(Weight(floats: [value], shape: Shape([])), named: prefix + "/constant")
  }

  mutating func constant(_ values: [Float], _ shape: Shape) -> String {
    editor.add(Weight(floats: values, shape: shape), named: prefix + "/constant")
  }

  mutating func constant(_ values: [Int]) -> String {
    editor.add(Weight(integers: values), named: prefix + "/constant")
  }

  /// A tensor to be read by another operator than the one that reads it in the model.
  ///
  /// A constant that feeds both a convolution and its transpose was seen to make OpenVINO compute one of
  /// them wrongly; a copy of its own does not. A tensor that is no constant is given back as it is.
  mutating func copy(ofWeight name: String) -> String {
    guard let weight = editor.graph.weights[name] else { return name }
    if let copy = copies[name] { return copy }
    let copy = editor.add(weight, named: name + "/gradient")
    copies[name] = copy
    return copy
  }

  // MARK: - Operators

  mutating func add(
    _ operation: String, _ inputs: [String], attributes: [String: Attribute] = [:]
  ) -> String {
    editor.add(operation, inputs, named: "\(prefix)/\(operation)", attributes: attributes)
  }

  mutating func product(_ a: String, _ b: String) -> String { add("Mul", [a, b]) }

  mutating func product(_ a: String, _ factor: Float) -> String {
    factor == 1 ? a : product(a, constant(factor))
  }

  mutating func negative(_ a: String) -> String { add("Neg", [a]) }

  mutating func total(_ parts: [String]) -> String {
    parts.count == 1 ? parts[0] : add("Sum", parts)
  }

  /// 1 where a < b, else 0.
  mutating func isLess(_ a: String, _ b: String) -> String { number(add("Less", [a, b])) }

  /// 1 where a is not less than b, else 0.
  mutating func isNotLess(_ a: String, _ b: String) -> String {
    number(add("Not", [add("Less", [a, b])]))
  }

  private mutating func number(_ condition: String) -> String {
    add("Cast", [condition], attributes: ["to": .int(Int64(ElementType.float32.rawValue))])
  }

  mutating func reshape(_ tensor: String, to shape: Shape) -> String {
    add("Reshape", [tensor, constant(shape.dimensions)])
  }

  mutating func expand(_ tensor: String, to shape: Shape) -> String {
    add("Expand", [tensor, constant(shape.dimensions)])
  }

  mutating func transpose(_ tensor: String, _ order: [Int]) -> String {
    add("Transpose", [tensor], attributes: ["perm": .integers(order)])
  }

  /// The sum along some axes, which stay with an extent of 1.
  mutating func sum(_ tensor: String, along axes: [Int]) -> String {
    reduce("Sum", tensor, along: axes)
  }

  /// The sum, mean, greatest or least along some axes, which stay with an extent of 1.
  mutating func reduce(_ what: String, _ tensor: String, along axes: [Int]) -> String {
    if axes.isEmpty { return tensor }
    // The axes became an input in opset 13 for the sum and in 18 for the others.
    guard opset >= (what == "Sum" ? 13 : 18) else {
      return add("Reduce" + what, [tensor], attributes: ["axes": .integers(axes)])
    }
    return add("Reduce" + what, [tensor, constant(axes)])
  }

  /// The mean of all elements, a vector of one: engines may give out no scalars.
  mutating func mean(_ tensor: String) -> String {
    reshape(add("ReduceMean", [tensor], attributes: ["keepdims": .int(0)]), to: Shape([1]))
  }

  /// Places `start`, `start + step` … below `end` of an axis.
  mutating func slice(
    _ tensor: String, axis: Int, from start: Int, to end: Int, step: Int = 1
  ) -> String {
    guard opset >= 10 else {
      precondition(step == 1, "Slice has steps from opset 10 on")
      return add(
        "Slice", [tensor],
        attributes: [
          "starts": .integers([start]), "ends": .integers([end]), "axes": .integers([axis]),
        ])
    }
    let bounds = [[start], [end], [axis], [step]].map { constant($0) }
    return add("Slice", [tensor] + bounds)
  }

  /// A tensor with `value` before and behind it along an axis.
  mutating func pad(
    _ tensor: String, rank: Int, axis: Int, before: Int, behind: Int, value: Float = 0
  ) -> String {
    if before == 0, behind == 0 { return tensor }
    var pads = [Int](repeating: 0, count: 2 * rank)
    pads[axis] = before
    pads[axis + rank] = behind
    guard opset >= 11 else {
      return add("Pad", [tensor], attributes: ["pads": .integers(pads), "value": .float(value)])
    }
    return add("Pad", [tensor, constant(pads), constant(value)])
  }

  /// Every place of an axis followed by `step - 1` zeros.
  mutating func spread(_ tensor: String, shape: Shape, axis: Int, step: Int) -> String {
    if step == 1 { return tensor }
    var extents = shape.dimensions
    extents.insert(1, at: axis + 1)
    let split = reshape(tensor, to: Shape(extents))
    let padded = pad(split, rank: extents.count, axis: axis + 1, before: 0, behind: step - 1)
    var whole = shape.dimensions
    whole[axis] *= step
    return reshape(padded, to: Shape(whole))
  }

  /// The gradient of a tensor that was stretched to the shape that the gradient has.
  mutating func unstretch(_ gradient: String, from stretched: Shape, to shape: Shape) -> String {
    guard stretched != shape else { return gradient }
    let lead = stretched.rank - shape.rank
    let axes = stretched.dimensions.indices.filter { axis in
      axis < lead || (shape[axis - lead] == 1 && stretched[axis] != 1)
    }
    let summed = sum(gradient, along: axes)
    return lead == 0 ? summed : reshape(summed, to: shape)
  }
}
