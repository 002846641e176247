/// The smallest network a YOLOv5 checkpoint can hold: one `Conv` of stride 8 and a `Detect` with
/// one level, two anchors and three classes. Tests change one thing about it.
struct TinyCheckpoint {
  var modelClass = "DetectionModel"
  var headClass = "Detect"
  /// Layer 0; a `Conv` with 4 channels unless set.
  var layer: Pickled?
  /// Layers between layer 0 and the head; the head reads the last.
  var more: [Pickled] = []
  var names = Pickled.list([.text("cat"), .text("dog"), .text("bird")])
  /// Entries of the checkpoint's dictionary besides `model` and `ema`.
  var entries: [(String, Pickled)] = []
  var ema = Pickled.none
  /// Replaces the network in `model`.
  var model: Pickled?
  /// Tensors of layer 0 by key, replacing those made here.
  var storages: [String: [UInt8]] = [:]

  static func module(
    _ module: String, _ name: String, _ attributes: [(String, Pickled)] = [],
    parameters: [(String, Pickled)] = [], buffers: [(String, Pickled)] = [],
    children: [(String, Pickled)] = []
  ) -> Pickled {
    func dictionary(_ pairs: [(String, Pickled)]) -> Pickled {
      .dictionary(pairs.map { (.text($0.0), $0.1) })
    }
    return .object(
      module, name,
      [
        ("training", .boolean(false)), ("_parameters", dictionary(parameters)),
        ("_buffers", dictionary(buffers)), ("_modules", dictionary(children)),
      ] + attributes)
  }

  static func convolution(
    weight: Pickled, bias: Pickled, stride: Int = 1, padding: Int = 0
  ) -> Pickled {
    module(
      "torch.nn.modules.conv", "Conv2d",
      [
        ("stride", .tuple([.integer(stride), .integer(stride)])),
        ("padding", .tuple([.integer(padding), .integer(padding)])),
        ("dilation", .tuple([.integer(1), .integer(1)])), ("groups", .integer(1)),
        ("padding_mode", .text("zeros")),
      ], parameters: [("weight", weight), ("bias", bias)])
  }

  /// A `Conv` of 3×3, stride 8, 3 to 4 channels, with `BatchNorm2d` and `SiLU`.
  static func conv(weight: Pickled = .tensor("w", [4, 3, 3, 3]), from: Pickled = .integer(-1))
    -> Pickled
  {
    module(
      "models.common", "Conv", [("f", from)],
      children: [
        ("conv", convolution(weight: weight, bias: .none, stride: 8, padding: 1)),
        (
          "bn",
          module(
            "torch.nn.modules.batchnorm", "BatchNorm2d", [("eps", .real(0.001))],
            parameters: [("weight", .tensor("gamma", [4])), ("bias", .tensor("beta", [4]))],
            buffers: [
              ("running_mean", .tensor("mean", [4])), ("running_var", .tensor("variance", [4])),
            ])
        ),
        ("act", module("torch.nn.modules.activation", "SiLU")),
      ])
  }

  var network: Pickled {
    let head = Self.module(
      "models.yolo", headClass,
      [
        ("nc", .integer(3)), ("na", .integer(2)), ("stride", .tensor("stride", [1])),
        ("f", .list([.integer(more.count)])),
      ], buffers: [("anchors", .tensor("anchors", [1, 2, 2]))],
      children: [
        (
          "m",
          Self.module(
            "torch.nn.modules.container", "ModuleList",
            children: [
              (
                "0",
                Self.convolution(
                  weight: .tensor("hw", [16, 4, 1, 1]), bias: .tensor("hb", [16]))
              )
            ])
        )
      ])
    let layers = [layer ?? Self.conv()] + more + [head]
    return Self.module(
      "models.yolo", modelClass, [("names", names)],
      children: [
        (
          "model",
          Self.module(
            "torch.nn.modules.container", "Sequential",
            children: layers.enumerated().map { (String($0.offset), $0.element) })
        )
      ])
  }

  var root: Pickled {
    .dictionary(
      [(.text("model"), model ?? network), (.text("ema"), ema)]
        + entries.map { (.text($0.0), $0.1) })
  }

  var members: [(name: String, bytes: [UInt8])] {
    func floats(_ values: [Float]) -> [UInt8] {
      values.flatMap { little(UInt64($0.bitPattern), 4) }
    }
    func ramp(_ count: Int) -> [UInt8] { floats((0..<count).map { Float($0 % 7) / 8 - 0.25 }) }
    let tensors: [(String, [UInt8])] = [
      ("w", ramp(108)), ("gamma", floats([1, 2, 0.5, -1])), ("beta", floats([0, 1, 2, 3])),
      ("mean", floats([0.5, 0, -1, 2])), ("variance", floats([1, 0.25, 4, 9])),
      ("stride", floats([8])), ("anchors", floats([1, 2, 3, 4])), ("hw", ramp(64)),
      ("hb", ramp(16)),
    ]
    return [("archive/data.pkl", root.pickle)]
      + tensors.map { ("archive/data/\($0.0)", storages[$0.0] ?? $0.1) }
      + storages.filter { entry in !tensors.contains { $0.0 == entry.key } }
      .map { ("archive/data/\($0.key)", $0.value) }
      + [("archive/version", [0x33, 0x0A])]
  }

  var bytes: [UInt8] { ZIPWriter().archive(members) }
}
