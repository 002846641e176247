import ArgumentParser
import SplitpipeCore
import SplitpipeEvaluation
import SplitpipeModel
import SplitpipeModelStore

/// What is learnt from, and what is learnt.
struct BottleneckOptions: ParsableArguments {
  @Argument(
    help: "Videos, and folders of pictures in any layout that evaluate takes.",
    completion: .file())
  var data: [String]

  @OptionGroup var which: ModelOptions

  @Option(help: "Use at most this many frames or pictures of each of the data.")
  var frames: Int?

  @Flag(help: "No progress line.")
  var quiet = false

  @OptionGroup(title: "Input of the network") var pixels: PixelOptions

  @Option(
    help: ArgumentHelp(
      "Order of the input's channels: rgb or bgr. (default: the model's)", valueName: "order"))
  var channelOrder: String?

  @OptionGroup var source: SourceOptions

  @Option(help: ArgumentHelp("The split to stand at. (default: as run)", valueName: "split"))
  var split: String?

  @Option(
    help: """
      linear: one convolution, and three on the way back; paper: two of stride 2 with batch \
      normalization and ReLU, and their mirror images.
      """)
  var shape = "linear"

  @Option(
    help: """
      Channels of what crosses (paper: half of them). (default: \(BottleneckRequest.usualChannels))
      """)
  var channels: Int?

  @Option(help: "Rows and columns for one of what crosses, of linear: 1, 2 or 4.")
  var stride = 2

  @Option(
    help: ArgumentHelp(
      "Instead of --channels: the share of coefficients that crosses, as in 10%.",
      valueName: "percent"))
  var rate: String?

  @Option(help: "Bits a coefficient that it learns to live with, 1 to 8.")
  var bits = 4

  @Option(help: "What may change: bottleneck, tail or all.")
  var tune = TunedPart.bottleneck.rawValue

  @Option(
    help: ArgumentHelp(
      "How much a bit a coefficient weighs against the answers; more sends less.",
      valueName: "weight"))
  var entropy = 0.0

  @Flag(
    help: "Let the error of each channel count by its importance (see importance --help).")
  var weighImportance = false

  @Option(help: "Begins the weights, and chooses what is looked at.")
  var seed: UInt64 = 1

  @OptionGroup(title: "Input of a classifier") var classifier: ClassifierOptions

  func validate() throws {
    guard (1...8).contains(bits) else { throw ValidationError("--bits is 1 to 8, not \(bits)") }
    guard BottleneckShape.strides.contains(stride) else {
      throw ValidationError("--stride is 1, 2 or 4, not \(stride)")
    }
    guard frames ?? 1 >= 1 else {
      throw ValidationError("--frames is at least 1, not \(frames ?? 0)")
    }
    guard channels ?? 1 >= 1 else {
      throw ValidationError("--channels is at least 1, not \(channels ?? 0)")
    }
    guard channels == nil || rate == nil else {
      throw ValidationError("--channels and --rate say the same; give one")
    }
    guard entropy >= 0, entropy.isFinite else {
      throw ValidationError("--entropy is a number from 0, not \(entropy)")
    }
  }

  /// - Parameter output: where the model with the bottleneck goes.
  /// - Returns: what is asked; the rest is as usual.
  /// - Throws: `usage` for words that no option has.
  func request(output: String?) throws -> BottleneckRequest {
    if let precision = try which.chosenPrecision(), precision != .f32 {
      throw SplitpipeError(
        .usage, "training computes in f32: leave out --precision \(precision.rawValue)")
    }
    var request = BottleneckRequest(
      data: data, model: try which.model.map(resolveModel) ?? DemoModel.path(), output: output)
    request.split = split
    request.kind = try choice(shape, option: "--shape")
    request.channels = channels
    request.stride = stride
    request.share = try rate.map { try percentage($0, option: "--rate") }
    request.bits = bits
    request.tuned = try choice(tune, option: "--tune")
    request.entropyWeight = entropy
    request.weighsImportance = weighImportance
    request.seed = seed
    request.limit = frames
    request.reading = source.settings
    request.input = try pixels.settings()
    request.input.channels = try channelOrder.map {
      try inputOrder($0, option: "--channel-order")
    }
    classifier.apply(to: &request.input)
    return request
  }
}
