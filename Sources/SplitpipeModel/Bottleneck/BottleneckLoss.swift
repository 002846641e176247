import SplitpipeCore

/// What training makes less, and how much each part of it counts.
package struct BottleneckLoss: Sendable, Hashable {
  /// Error of the tensors that cross: I-SPLIT's equation 3, over their variance.
  package var features: Float = 1
  /// Error of tensors behind the split, over their variance; 0 leaves the tail out.
  package var deeperFeatures: Float = 0
  /// Divergence of objectness, summed over cells, over the objects there are and one more.
  package var objectness: Float = 0
  /// Squared error of boxes as a share of the box, weighed by the teacher's objectness, likewise.
  package var boxes: Float = 0
  /// Divergence of classes, likewise.
  package var classes: Float = 0
  /// Bits a coefficient of what crosses; see `rate`.
  package var rate: Float = 0
  /// Levels that what crosses is rounded to, straight through; nil for none.
  package var bits: Int?
  /// Whether pictures are pairs of a video's frames, one after the other.
  package var isVideo = false

  /// The first stage: equation 3 alone.
  package static let equation3 = BottleneckLoss()

  /// The second stage: the original's tail teaches.
  package static var distillation: BottleneckLoss {
    var loss = BottleneckLoss()
    loss.features = 0.2
    loss.deeperFeatures = 1
    loss.objectness = 1
    loss.boxes = 10
    loss.classes = 0.25
    return loss
  }

  /// Whether the tail takes part.
  var needsTail: Bool { deeperFeatures > 0 || objectness > 0 || boxes > 0 || classes > 0 }
}

extension OperatorEmitter {
  /// Rounds each picture's tensor to levels between its least and its greatest value, as a quantizer of
  /// ranges of its own does.
  ///
  /// - Parameters:
  ///   - tensor: N×C×H×W.
  ///   - bits: 2^bits levels.
  /// - Returns: the rounded tensor; what rounding adds, which is to be held constant (the gradient goes
  ///   straight through: Bengio et al., "Estimating or propagating gradients through stochastic neurons",
  ///   2013); and the width of a step, N×1×1×1.
  mutating func quantize(_ tensor: String, bits: Int) -> (
    tensor: String, noise: String, step: String
  ) {
    let all = [1, 2, 3]
    let low = reduce("Min", tensor, along: all)
    let spread = add("Sub", [reduce("Max", tensor, along: all), low])
    let step = add(
      "Add", [product(spread, 1 / Float((1 << bits) - 1)), constant(1e-12)])
    let steps = add("Div", [add("Sub", [tensor, low]), step])
    let noise = product(add("Sub", [add("Round", [steps]), steps]), step)
    return (add("Add", [tensor, noise]), noise, step)
  }

  /// What a coder that guesses each coefficient from those it knows would send, in bits a coefficient: the
  /// mean of ½·log₂(1 + (2e)²), e the error of the guess in steps. It is 0 where the guess is right, and half
  /// a bit where the error is half a step, which rounding may or may not see.
  ///
  /// - Parameters:
  ///   - tensor: N×C×H×W; of a video, pairs of frames one after the other.
  ///   - shape: its shape.
  ///   - step: N×1×1×1.
  ///   - isVideo: whether the frame before is the guess; else it is the mean of the left and the upper
  ///     neighbour.
  /// - Returns: a tensor of one element.
  mutating func rate(_ tensor: String, _ shape: Shape, step: String, isVideo: Bool) -> String {
    var error: String
    let steps = add("Div", [tensor, step])
    if isVideo {
      let before = slice(steps, axis: 0, from: 0, to: shape[0], step: 2)
      let after = slice(steps, axis: 0, from: 1, to: shape[0], step: 2)
      error = add("Sub", [after, before])
    } else {
      func part(_ row: Int, _ column: Int, _ emitter: inout OperatorEmitter) -> String {
        let rows = emitter.slice(steps, axis: 2, from: row, to: shape[2] - 1 + row)
        return emitter.slice(rows, axis: 3, from: column, to: shape[3] - 1 + column)
      }
      let (own, left, up) = (part(1, 1, &self), part(1, 0, &self), part(0, 1, &self))
      error = add("Sub", [own, product(add("Add", [left, up]), 0.5)])
    }
    error = product(error, 2)
    let bits = add("Log", [add("Add", [product(error, error), constant(1)])])
    return product(mean(bits), 0.5 / 0.693_147_18)
  }

  /// How far a detector's answer is from a teacher's.
  ///
  /// - Parameters:
  ///   - found: the output of the network.
  ///   - wanted: the teacher's.
  ///   - shape: of both.
  ///   - kind: what it means.
  ///   - loss: weights.
  /// - Returns: parts to add; none for a kind whose boxes come in no order that lasts.
  mutating func detectionError(
    _ found: String, _ wanted: String, _ shape: Shape, _ kind: DetectorKind, _ loss: BottleneckLoss
  ) -> [String] {
    let axis: Int
    let hasObjectness: Bool
    switch kind {
    case .yolov5, .yolox: (axis, hasObjectness) = (2, true)
    case .yolov8: (axis, hasObjectness) = (1, false)
    case .endToEnd, .queries: return []
    }
    let classStart = hasObjectness ? 5 : 4
    func part(_ tensor: String, _ from: Int, _ to: Int, _ emitter: inout OperatorEmitter) -> String
    {
      emitter.slice(tensor, axis: axis, from: from, to: to)
    }
    let classes = shape[axis] - classStart
    let wantedClasses = part(wanted, classStart, shape[axis], &self)
    let foundClasses = part(found, classStart, shape[axis], &self)
    let weight =
      hasObjectness
      ? part(wanted, 4, 5, &self) : reduce("Max", wantedClasses, along: [axis])
    // Where the teacher sees nothing, boxes and classes count for nothing: as one object more is added to
    // those that there are in a picture.
    let cells = shape.dimensions.dropFirst().reduce(1, *) / shape[axis]
    let total = add("Add", [mean(weight), constant(1 / Float(cells))])
    var parts: [String] = []
    if loss.objectness > 0 {
      let error =
        hasObjectness
        ? divergence(of: part(found, 4, 5, &self), weight)
        : divergence(of: foundClasses, wantedClasses)
      let ofObjects = add("Div", [mean(error), total])
      parts.append(product(ofObjects, loss.objectness * (hasObjectness ? 1 : Float(classes))))
    }
    if loss.boxes > 0 {
      let wantedBoxes = part(wanted, 0, 4, &self)
      var error = add("Sub", [part(found, 0, 4, &self), wantedBoxes])
      if kind != .yolox {
        // Centres and sides alike as shares of the sides; YOLOX's are offsets in cells and logarithms.
        let sides = part(wanted, 2, 4, &self)
        let both = add("Concat", [sides, sides], attributes: ["axis": .int(Int64(axis))])
        error = add("Div", [error, add("Add", [both, constant(1)])])
      }
      let weighed = product(product(error, error), weight)
      parts.append(product(add("Div", [mean(weighed), total]), loss.boxes * 4))
    }
    if loss.classes > 0, hasObjectness {
      let weighed = product(divergence(of: foundClasses, wantedClasses), weight)
      parts.append(
        product(add("Div", [mean(weighed), total]), loss.classes * Float(classes)))
    }
    return parts
  }
}
