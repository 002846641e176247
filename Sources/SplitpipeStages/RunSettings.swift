package import SplitpipeCodec
package import SplitpipeCore
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

  /// What `settings` of a pipeline file may hold.
  static let declared: [any AnyPipelineOption] = [
    modelName, splitName, bitDepth, codecName, quantizerSettings, longestInterval, arithmetic,
    mostThreads, mostSizes,
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
