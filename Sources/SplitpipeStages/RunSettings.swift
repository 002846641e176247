package import SplitpipeCodec
package import SplitpipeCore
import SplitpipeModelStore
package import SplitpipePipeline

/// The settings of a pipeline file, each overridden by the flag of the same name.
package struct RunSettings: Sendable {
  package let model: String
  package let split: String
  package let codec: CodecSettings
  package let quantizer: QuantizerSettings
  /// Frames from one key frame to the next at the latest.
  package let keyInterval: Int
  package let precision: Precision
  package let threads: Int?
  package let sizes: Int

  /// What a user may write for codec and quantizer, for help texts.
  package static let codecSyntax = CodecName.syntax
  package static let quantizerSyntax = QuantizerSettings.syntax

  /// What `settings` of a pipeline file may hold.
  package static let specifications = [
    OptionSpecification(
      "model", .text, default: nil, "a .pt or .onnx file; the demo model unless given"),
    OptionSpecification("split", .text, default: .text("4.m"), "the module to cut after"),
    OptionSpecification(
      "bits", .choice((2...8).map(String.init) + ["32"]), default: .text("3"),
      "width of a coefficient; 32 sends float32"),
    OptionSpecification(
      "codec", .checked { _ = try CodecName.parse($0) }, default: .text("rle"),
      "how codes become bytes: \(codecSyntax)"),
    OptionSpecification(
      "quantizer", .checked { _ = try QuantizerSettings.parse($0) }, default: .text("paper"),
      "how values become codes: \(quantizerSyntax)"),
    OptionSpecification(
      "key-interval", .integer(1...1_000_000),
      default: .integer(KeySchedule.usualInterval),
      "frames from one key frame to the next at the latest"),
    OptionSpecification(
      "precision", .choice(Precision.allCases.map(\.rawValue)), default: .text("auto"),
      "arithmetic of the network"),
    OptionSpecification(
      "threads", .integer(1...1024), default: nil, "most threads of one inference"),
    OptionSpecification(
      "sizes", .integer(1...64), default: .integer(4),
      "input sizes kept compiled; a folder of images may bring many"),
  ]

  /// Reads validated settings.
  ///
  /// - Parameter options: the plan's settings.
  /// - Throws: `usage` where codec and bits do not go together; `missingInput` where no model is named
  ///   and the demo model is not found.
  init(_ options: Options) throws {
    guard let bits = options.text("bits").flatMap(Int.init).flatMap(BitDepth.init),
      let codec = options.text("codec"), let quantizer = options.text("quantizer"),
      let precision = options.text("precision").flatMap(Precision.init),
      let split = options.text("split")
    else { throw SplitpipeError(.bug, "a setting lost its default") }
    model = try options.text("model") ?? DemoModel.path()
    self.split = split
    self.codec = try CodecSettings(codec: CodecName.parse(codec), bits: bits)
    self.quantizer = try QuantizerSettings.parse(quantizer)
    guard bits.isQuantized || self.quantizer == .paper else {
      throw SplitpipeError(
        .usage,
        "quantizer \(self.quantizer) has nothing to do at 32 bits, which send the float32 values; "
          + "leave it out, or choose 2 to 8 bits")
    }
    keyInterval = options.integer("key-interval") ?? KeySchedule.usualInterval
    self.precision = precision
    threads = options.integer("threads")
    sizes = options.integer("sizes") ?? 4
  }
}
