import SplitpipeCore

/// What whoever runs the halves of a model elsewhere has to know: `split.json`.
package struct SplitDescription: Encodable, Sendable {
  package static let headFile = "head.onnx"
  package static let tailFile = "tail.onnx"

  /// How pictures become the head's input.
  struct Input: Encodable, Sendable {
    /// The head's input; float32, 1×3×H×W.
    let name: String
    let shape: [Int]
    /// `rgb` or `bgr`.
    let channels: String
    /// What each byte of a picture is multiplied by.
    let scale: Double
    /// Subtracted per channel after that, and what the rest is divided by; none for most detectors.
    let mean: [Double]?
    let std: [Double]?
    /// `centre` or `corner`: where the scaled picture lies; `stretch`: it fills the input.
    let letterbox: String
    /// The grey of the padding.
    let padding: Int
  }

  struct Tensor: Encodable, Sendable {
    let name: String
    /// The module whose output it is, as PyTorch prints it.
    let module: String?
    let shape: [Int]
  }

  struct Half: Encodable, Sendable {
    let file: String
    let inputs: [Tensor]
    let outputs: [Tensor]
    /// Multiply-accumulate operations.
    let macs: Int

    private enum CodingKeys: String, CodingKey {
      case file, inputs, outputs
      case macs = "MACs"
    }
  }

  struct Quantizer: Encodable, Sendable {
    let name = "paper"
    let encode = "q = round_half_to_even((x - min) / (max - min) * (2^bits - 1)), per tensor"
    let decode = "x = q / (2^bits - 1) * (max - min) + min"
    let bits = [2, 3, 4, 5, 6, 7, 8]
  }

  let model: String
  let family: String
  let split: String
  let input: Input
  let head: Half
  let tail: Half
  /// Every tensor that crosses, in order: outputs of the head, inputs of the tail.
  let frontier: [Tensor]
  /// How the tail's first output becomes boxes; nil where the model is no known detector.
  let detector: String?
  let layout: String?
  let classes: [String]
  let quantizer = Quantizer()

  init(_ model: Model, cut: Cut, graph: ModelGraph, at size: PixelSize) throws {
    let types = try graph.inferringShapes().types
    func tensor(_ name: String) -> Tensor {
      Tensor(name: name, module: nil, shape: types[name]?.shape.dimensions ?? [])
    }
    frontier = cut.frontier.map {
      Tensor(
        name: $0.name, module: $0.label == $0.name ? nil : $0.label, shape: $0.shape.dimensions)
    }
    let images = cut.head.inputs.map(\.name)
    guard let image = images.first, images.count == 1 else {
      throw SplitpipeError(
        .badData, "\(model.name) has \(images.count) inputs, expected one, the picture")
    }
    head = Half(
      file: Self.headFile, inputs: images.map(tensor), outputs: frontier, macs: cut.headMACs)
    tail = Half(
      file: Self.tailFile, inputs: frontier, outputs: cut.tail.outputs.map(tensor),
      macs: cut.tailMACs)
    let geometry = model.geometry
    func list(_ values: SIMD3<Float>?) -> [Double]? {
      values.map { values in (0..<3).map { Double(values[$0]) } }
    }
    input = Input(
      name: image, shape: [1, 3, size.height, size.width],
      channels: geometry.channelOrder.rawValue, scale: Double(geometry.byteScale),
      mean: list(geometry.normalization?.mean), std: list(geometry.normalization?.deviation),
      letterbox: geometry.placement.rawValue, padding: Int(Letterbox.padding))
    self.model = model.name
    family = model.family
    split = cut.name
    detector = model.detector?.rawValue
    layout = model.detector?.layout
    classes = model.classNames
  }

  /// What a person reads first.
  var readme: String {
    let names = frontier.map { "`\($0.name)` \($0.shape.map(String.init).joined(separator: "×"))" }
    let shape = input.shape.map(String.init).joined(separator: "×")
    let picture =
      input.letterbox == InputGeometry.Placement.stretched.rawValue
      ? "a picture stretched to fill it\n(`\(input.letterbox)`)"
      : "a picture scaled into it, padded with\ngrey \(input.padding) (`\(input.letterbox)`)"
    return """
      # \(model), cut at \(split)

      `\(Self.headFile)` takes `\(input.name)`, float32 \(shape): \(picture), \
      \(input.channels.uppercased()), bytes times \(input.scale).
      It gives what crosses, which `\(Self.tailFile)` takes under the same names:
      \(names.joined(separator: ", ")).
      The tail gives what the whole model gives: \(layout ?? "see split.json").

          values = head.run(None, {"\(input.name)": picture})
          boxes = tail.run(None, dict(zip([o.name for o in head.get_outputs()], values)))

      `split.json` has shapes, classes and the quantizer's formula; send all tensors that cross.

      """
  }
}
