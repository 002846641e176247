package import SplitpipeCodec
package import SplitpipeCore
package import SplitpipeModel
import SplitpipeModelStore
import SplitpipePipeline

/// The settings of a pipeline file, each overridden by the flag of the same name.
package struct RunSettings: Sendable {
  package let model: String
  /// nil where the model is to say.
  package let split: String?
  /// How tensors become packets.
  package let coding: CodingSettings
  package let precision: Precision
  package let threads: Int?
  package let sizes: Int
  /// How frames become the network's input.
  package let input: InputSettings
  /// Names and numbers of the classes to look for; nil for all.
  package let classes: [String]?

  /// What a user may write for codec and quantizer, for help texts.
  package static let codecSyntax = CodecName.syntax
  package static let quantizerSyntax = QuantizerSettings.syntax

  static let modelName = PipelineOption<String?>(
    "model", "a .pt or .onnx file; the demo model unless given")
  static let splitName = PipelineOption<String?>(
    "split", "the module to cut after; 4.m where the model has it, else a cheap one")
  static let bitDepth = PipelineOption<BitDepth>(
    "bits", oneOf: BitDepth.all, writtenAs: \.description, default: .usual,
    "width of a coefficient; 32 sends float32")
  static let codecName = PipelineOption<CodecName>(
    "codec", parse: { try CodecName.parse($0) }, default: .rle,
    "how codes become bytes: \(codecSyntax)")
  static let quantizerSettings = PipelineOption<QuantizerSettings>(
    "quantizer", parse: { try QuantizerSettings.parse($0) }, default: .paper,
    "how values become codes: \(quantizerSyntax)")
  static let longestInterval = PipelineOption<Int>(
    "key-interval", 1...1_000_000, default: KeySchedule.usualInterval,
    "frames from one key frame to the next at the latest")
  static let arithmetic = PipelineOption<Precision>(
    "precision", default: .auto, "arithmetic of the network")
  static let mostThreads = PipelineOption<Int?>(
    "threads", 1...1024, "most threads of one inference")
  static let mostSizes = PipelineOption<Int>(
    "sizes", 1...64, default: 4,
    "input sizes kept compiled; a folder of images may bring many")

  static let inputSize = PipelineOption<InputSize?>(
    "size", expecting: InputSize.syntax, "size of the network's input; the model's unless given"
  ) { InputSize(parsing: $0) }
  static let pixelRange = PipelineOption<PixelRange?>("range", "what a byte of 255 is: 1 or 255")
  static let channelOrder = PipelineOption<InputGeometry.ChannelOrder?>(
    "channels", "order of the channels: rgb or bgr")
  static let placement = PipelineOption<InputGeometry.Placement?>(
    "letterbox", "where the picture lies in the input: centre or corner, or stretch")
  static let mean = PipelineOption<PlaneValues?>(
    "mean", expecting: PlaneValues.syntax, "subtracted per channel"
  ) { PlaneValues(parsing: $0) }
  static let deviation = PipelineOption<PlaneValues?>(
    "std", expecting: PlaneValues.syntax, "what each channel is divided by after that"
  ) { PlaneValues(parsing: $0) }
  static let classList = PipelineOption<String?>(
    "classes", "classes to look for, names or numbers separated by commas; all unless given")

  /// What `settings` of a pipeline file may hold.
  static let declared: [any AnyPipelineOption] = [
    modelName, splitName, bitDepth, codecName, quantizerSettings, longestInterval, arithmetic,
    mostThreads, mostSizes, inputSize, pixelRange, channelOrder, placement, mean, deviation,
    classList,
  ]

  /// Reads validated settings.
  ///
  /// - Parameter options: the plan's settings.
  /// - Throws: `usage` where codec and bits do not go together; `missingInput` where no model is named
  ///   and the demo model is not found.
  init(_ options: Options) throws {
    let bits = options[Self.bitDepth]
    model = try options[Self.modelName] ?? DemoModel.path()
    split = options[Self.splitName]
    coding = CodingSettings(
      codec: try CodecSettings(codec: options[Self.codecName], bits: bits),
      quantizer: options[Self.quantizerSettings], keyInterval: options[Self.longestInterval])
    guard bits.isQuantized || coding.quantizer == .paper else {
      throw SplitpipeError(
        .usage,
        "quantizer \(coding.quantizer) has nothing to do at 32 bits, which send the float32 values; "
          + "leave it out, or choose 2 to 8 bits")
    }
    precision = options[Self.arithmetic]
    threads = options[Self.mostThreads]
    sizes = options[Self.mostSizes]
    classes = options[Self.classList].map { $0.split(separator: ",").map(String.init) }
    var input = InputSettings()
    input.size = options[Self.inputSize]
    input.range = options[Self.pixelRange]
    input.channels = options[Self.channelOrder]
    input.letterbox = options[Self.placement]
    input.mean = options[Self.mean]
    input.deviation = options[Self.deviation]
    self.input = input
  }
}

extension BitDepth {
  /// Every depth, in rising order.
  fileprivate static let all = (2...8).compactMap(BitDepth.init) + [.float32]

  /// The depth unless another is asked for.
  fileprivate static let usual: BitDepth = {
    guard let depth = BitDepth(3) else { preconditionFailure("3 is a valid depth") }
    return depth
  }()
}
