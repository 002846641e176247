/// A small network as the ultralytics package saves one, made of every kind of module that is read:
/// `Conv` of stride 8, `C2f`, `C3k2` with `C3k`, `SCDown`-like and attention blocks, and a head with
/// one level and three classes. Tests change one thing about it.
struct TinyUltralytics {
  var modelClass = "DetectionModel"
  var headClass = "Detect"
  /// Layers between the first and the head, each reading the one before it, 8 channels to 8.
  var layers: [(Sketch) -> Pickled] = [
    { $0.c2f("C2f", [$0.bottleneck(4), $0.bottleneck(4)], from: 8) },
    { $0.c2f("C3k2", [$0.c3k(4)], from: 8) },
    { $0.sppf(8, rounds: 2, adds: true) },
    { $0.attending("C2PSA", 8) },
    { $0.attending("PSA", 8) },
    { $0.c2f("C2fCIB", [$0.cib(4)], from: 8) },
  ]
  /// Bins of each distance.
  var bins = 4
  var isEndToEnd = false
  /// Whether the one-to-many branches are gone, as after `fuse` of a head that chooses boxes.
  var isFused = false
  var names = Pickled.dictionary([
    (.integer(0), .text("cat")), (.integer(1), .text("dog")), (.integer(2), .text("bird")),
  ])
  /// Attributes of the head besides those it always has.
  var headAttributes: [(String, Pickled)] = []
  /// Entries of the checkpoint's dictionary besides `model`.
  var entries: [(String, Pickled)] = [("train_args", .dictionary([]))]
  /// Entries of the network's configuration.
  var configuration: [(String, Pickled)] = [("scale", .text("n"))]

  /// Makes modules and remembers the tensors they refer to.
  final class Sketch {
    private(set) var tensors: [(key: String, bytes: [UInt8])] = []

    func tensor(_ shape: [Int], _ value: (Int) -> Float) -> Pickled {
      let key = String(tensors.count)
      let values = (0..<shape.reduce(1, *)).map { Float16(value($0)) }
      tensors.append((key, values.flatMap { little(UInt64($0.bitPattern), 2) }))
      return .tensor(key, shape, type: "HalfStorage")
    }

    func weights(_ shape: [Int]) -> Pickled { tensor(shape) { Float($0 * 7 % 13) / 32 - 0.1875 } }

    func module(
      _ module: String, _ name: String, _ attributes: [(String, Pickled)] = [],
      children: [(String, Pickled)] = []
    ) -> Pickled {
      TinyCheckpoint.module(
        "ultralytics.nn.modules.\(module)", name, attributes, children: children)
    }

    func list(_ items: [Pickled], _ name: String = "ModuleList") -> Pickled {
      TinyCheckpoint.module(
        "torch.nn.modules.container", name,
        children: items.enumerated().map { (String($0.offset), $0.element) })
    }

    func convolution(
      _ inputs: Int, _ outputs: Int, _ kernel: Int = 1, stride: Int = 1, groups: Int = 1,
      hasBias: Bool = false
    ) -> Pickled {
      TinyCheckpoint.module(
        "torch.nn.modules.conv", "Conv2d",
        [
          ("stride", .integer(stride)), ("padding", .integer(kernel / 2)),
          ("dilation", .integer(1)), ("groups", .integer(groups)),
        ],
        parameters: [
          ("weight", weights([outputs, inputs / groups, kernel, kernel])),
          ("bias", hasBias ? tensor([outputs]) { Float($0) / 8 } : .none),
        ])
    }

    func conv(
      _ inputs: Int, _ outputs: Int, _ kernel: Int = 1, stride: Int = 1, groups: Int = 1,
      activation: String = "SiLU", name: String = "Conv"
    ) -> Pickled {
      let act =
        activation == "Identity"
        ? TinyCheckpoint.module("torch.nn.modules.linear", "Identity")
        : TinyCheckpoint.module("torch.nn.modules.activation", activation)
      let normalization = TinyCheckpoint.module(
        "torch.nn.modules.batchnorm", "BatchNorm2d", [("eps", .real(0.001))],
        parameters: [
          ("weight", tensor([outputs]) { 1 + Float($0 % 3) / 4 }),
          ("bias", tensor([outputs]) { Float($0 % 5) / 16 }),
        ],
        buffers: [
          ("running_mean", tensor([outputs]) { Float($0 % 2) / 8 }),
          ("running_var", tensor([outputs]) { 1 + Float($0 % 4) / 2 }),
        ])
      return module(
        "conv", name,
        children: [
          (
            "conv",
            convolution(inputs, outputs, kernel, stride: stride, groups: groups)
          ), ("bn", normalization), ("act", act),
        ])
    }

    func bottleneck(_ channels: Int) -> Pickled {
      module(
        "block", "Bottleneck", [("add", .boolean(true))],
        children: [("cv1", conv(channels, channels, 3)), ("cv2", conv(channels, channels, 3))])
    }

    func c3k(_ channels: Int) -> Pickled {
      let half = channels / 2
      return module(
        "block", "C3k",
        children: [
          ("cv1", conv(channels, half)), ("cv2", conv(channels, half)),
          ("cv3", conv(2 * half, channels)),
          ("m", list([bottleneck(half), bottleneck(half)], "Sequential")),
        ])
    }

    func c2f(_ name: String, _ chain: [Pickled], from channels: Int) -> Pickled {
      module(
        "block", name,
        children: [
          ("cv1", conv(channels, channels)),
          ("cv2", conv((2 + chain.count) * channels / 2, channels)), ("m", list(chain)),
        ])
    }

    func sppf(_ channels: Int, rounds: Int, adds: Bool) -> Pickled {
      let pool = TinyCheckpoint.module(
        "torch.nn.modules.pooling", "MaxPool2d",
        [
          ("kernel_size", .integer(5)), ("stride", .integer(1)), ("padding", .integer(2)),
          ("dilation", .integer(1)), ("ceil_mode", .boolean(false)),
        ])
      return module(
        "block", "SPPF", [("n", .integer(rounds)), ("add", .boolean(adds))],
        children: [
          ("cv1", conv(channels, channels / 2, activation: "Identity")),
          ("cv2", conv((rounds + 1) * channels / 2, channels)), ("m", pool),
        ])
    }

    /// Two heads with keys of one and values of two numbers.
    func attention(_ channels: Int) -> Pickled {
      module(
        "block", "Attention",
        [
          ("num_heads", .integer(2)), ("head_dim", .integer(channels / 2)),
          ("key_dim", .integer(channels / 4)), ("scale", .real(0.75)),
        ],
        children: [
          ("qkv", conv(channels, 2 * channels, activation: "Identity")),
          ("proj", conv(channels, channels, activation: "Identity")),
          ("pe", conv(channels, channels, 3, groups: channels, activation: "Identity")),
        ])
    }

    /// `PSA`, or `C2PSA` with one `PSABlock`.
    func attending(_ name: String, _ channels: Int) -> Pickled {
      let half = channels / 2
      let parts = [
        ("attn", attention(half)),
        (
          "ffn",
          list([conv(half, 2 * half), conv(2 * half, half, activation: "Identity")], "Sequential")
        ),
      ]
      let inner =
        name == "PSA"
        ? parts
        : [
          (
            "m",
            list(
              [module("block", "PSABlock", [("add", .boolean(true))], children: parts)],
              "Sequential")
          )
        ]
      return module(
        "block", name,
        children: [("cv1", conv(channels, channels)), ("cv2", conv(channels, channels))] + inner)
    }

    func cib(_ channels: Int) -> Pickled {
      let parallel = module(
        "block", "RepVGGDW",
        children: [
          ("conv", conv(channels, channels, 7, groups: channels, activation: "Identity")),
          ("conv1", conv(channels, channels, 3, groups: channels, activation: "Identity")),
          ("act", TinyCheckpoint.module("torch.nn.modules.activation", "SiLU")),
        ])
      return module(
        "block", "CIB", [("add", .boolean(true))],
        children: [
          ("cv1", list([conv(channels, channels, 3, groups: channels), parallel], "Sequential"))
        ])
    }

    func down(_ channels: Int, stride: Int) -> Pickled {
      module(
        "block", "SCDown",
        children: [
          ("cv1", conv(channels, channels)),
          (
            "cv2",
            conv(channels, channels, 3, stride: stride, groups: channels, activation: "Identity")
          ),
        ])
    }

    func branch(_ channels: Int, _ outputs: Int, isPlain: Bool) -> Pickled {
      let last = convolution(channels, outputs, hasBias: true)
      guard !isPlain else { return list([last]) }
      return list([
        list(
          [conv(channels, channels, 3, groups: channels, name: "DWConv"), last], "Sequential")
      ])
    }

    func placed(_ module: Pickled, from source: Pickled = .integer(-1)) -> Pickled {
      guard case .object(let path, let name, let attributes) = module else { return module }
      return .object(path, name, attributes + [("f", source)])
    }
  }

  /// The smallest with attention and a choice of boxes, for the fuzzer.
  static var seed: TinyUltralytics {
    var checkpoint = TinyUltralytics()
    checkpoint.isEndToEnd = true
    checkpoint.isFused = true
    checkpoint.bins = 1
    checkpoint.layers = [
      { sketch in
        sketch.module(
          "block", "Attention",
          [
            ("num_heads", .integer(1)), ("head_dim", .integer(8)), ("key_dim", .integer(2)),
            ("scale", .real(0.75)),
          ],
          children: [
            ("qkv", sketch.convolution(8, 12)), ("proj", sketch.convolution(8, 8)),
            ("pe", sketch.convolution(8, 8, 3, groups: 8)),
          ])
      }
    ]
    return checkpoint
  }

  /// The checkpoint's dictionary, and the tensors it refers to.
  private var contents: (root: Pickled, tensors: [(key: String, bytes: [UInt8])]) {
    let sketch = Sketch()
    let first =
      isFused
      ? sketch.convolution(3, 8, 3, stride: 8, hasBias: true) : sketch.conv(3, 8, 3, stride: 8)
    var made = [sketch.placed(first)]
    for layer in layers { made.append(sketch.placed(layer(sketch))) }
    var branches: [(String, Pickled)] = []
    if isFused { branches += [("cv2", .none), ("cv3", .none)] }
    for prefix in (isFused ? [] : [""]) + (isEndToEnd ? ["one2one_"] : []) {
      branches += [
        ("\(prefix)cv2", sketch.branch(8, 4 * bins, isPlain: isFused)),
        ("\(prefix)cv3", sketch.branch(8, 3, isPlain: isFused)),
      ]
    }
    let dfl =
      bins == 1
      ? TinyCheckpoint.module("torch.nn.modules.linear", "Identity")
      : sketch.module(
        "block", "DFL",
        children: [
          (
            "conv",
            TinyCheckpoint.convolution(
              weight: sketch.tensor([1, bins, 1, 1]) { Float($0) }, bias: .none)
          )
        ])
    let head = sketch.module(
      "head", headClass,
      [
        ("nc", .integer(3)), ("reg_max", .integer(bins)), ("stride", sketch.tensor([1]) { _ in 8 }),
        ("f", .list([.integer(made.count - 1)])),
      ] + headAttributes, children: branches + [("dfl", dfl)])
    let network = TinyCheckpoint.module(
      "ultralytics.nn.tasks", modelClass,
      [
        ("names", names),
        ("yaml", .dictionary(configuration.map { (.text($0.0), $0.1) })),
      ],
      children: [("model", sketch.list(made + [head], "Sequential"))])
    let root = Pickled.dictionary(
      [(.text("model"), network), (.text("ema"), .none)]
        + entries.map { (.text($0.0), $0.1) })
    return (root, sketch.tensors)
  }

  var members: [(name: String, bytes: [UInt8])] {
    let (root, tensors) = contents
    return [("tiny/data.pkl", root.pickle)]
      + tensors.map { ("tiny/data/\($0.key)", $0.bytes) } + [("tiny/version", [0x33, 0x0A])]
  }

  var bytes: [UInt8] { ZIPWriter().archive(members) }
}
