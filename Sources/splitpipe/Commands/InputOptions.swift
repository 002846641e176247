import ArgumentParser
import SplitpipeCore
import SplitpipeModel

/// How pictures become a network's input, where it is not what the model's file tells.
struct InputOptions: ParsableArguments {
  @OptionGroup(title: "Input of the network") var pixels: PixelOptions

  @Option(help: "Order of the channels: rgb or bgr. (default: the model's)")
  var channels: String?

  /// What was given, by the names that settings of a pipeline file have.
  var given: [String: String] {
    [
      "size": pixels.size, "range": pixels.range, "channels": channels, "mean": pixels.mean,
      "std": pixels.std, "letterbox": pixels.letterbox,
    ].compactMapValues { $0 }
  }

  /// - Throws: `usage` naming the option and what it takes.
  func settings() throws -> InputSettings {
    var settings = try pixels.settings()
    settings.channels = try channels.map { try inputOrder($0, option: "--channels") }
    return settings
  }
}

/// - Throws: `usage` for a word that no order has.
func inputOrder(_ text: String, option: String) throws -> InputGeometry.ChannelOrder {
  try PixelOptions.read(text, option)
}

/// The same but for the order of the channels.
struct PixelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Longest side of the input in pixels, or width x height as in 640x384. (default: the model's)",
      valueName: "size"))
  var size: String?

  @Option(help: "What a byte of 255 is before --mean and --std: 1 or 255. (default: the model's)")
  var range: String?

  @Option(
    help: ArgumentHelp(
      "Subtracted per channel, three numbers separated by commas.", valueName: "numbers"))
  var mean: String?

  @Option(
    help: ArgumentHelp("What each channel is divided by after that.", valueName: "numbers"))
  var std: String?

  @Option(
    help: """
      Where a detector's picture lies in its input: centre or corner; or stretch, to fill it whatever its \
      shape. (default: the model's)
      """)
  var letterbox: String?

  /// - Throws: `usage` naming the option and what it takes.
  func settings() throws -> InputSettings {
    var settings = InputSettings()
    settings.size = try size.map {
      try Self.read($0, "--size", InputSize.syntax, InputSize.init(parsing:))
    }
    settings.range = try range.map { try Self.read($0, "--range") }
    settings.letterbox = try letterbox.map { try Self.read($0, "--letterbox") }
    settings.mean = try mean.map {
      try Self.read($0, "--mean", PlaneValues.syntax, PlaneValues.init(parsing:))
    }
    settings.deviation = try std.map {
      try Self.read($0, "--std", PlaneValues.syntax, PlaneValues.init(parsing:))
    }
    return settings
  }

  fileprivate static func read<Value: RawRepresentable & CaseIterable>(
    _ text: String, _ option: String
  ) throws -> Value where Value.RawValue == String {
    let names = Value.allCases.map(\.rawValue)
    let last = names.last ?? ""
    return try read(
      text, option, names.dropLast().joined(separator: ", ") + " or " + last,
      Value.init(rawValue:))
  }

  private static func read<Value>(
    _ text: String, _ option: String, _ expectation: String, _ parse: (String) -> Value?
  ) throws -> Value {
    guard let value = parse(text) else {
      throw SplitpipeError(.usage, "\(option) is \(expectation), not \"\(text)\"")
    }
    return value
  }
}

/// What a classifier's pictures go through besides.
struct ClassifierOptions: ParsableArguments {
  @Option(help: "Length of the shorter side after scaling. (default: 256/224 of the crop)")
  var resize: Int?

  @Option(help: "Side of the square cut from the middle. (default: the model's input, else 224)")
  var crop: Int?

  func validate() throws {
    for (name, value) in [("--resize", resize), ("--crop", crop)] {
      if let value, !InputSize.sides.contains(value) {
        throw ValidationError(
          "\(name) is \(InputSize.sides.lowerBound) to \(InputSize.sides.upperBound) pixels, not "
            + "\(value)")
      }
    }
  }

  /// Puts what was given among the settings of an input.
  func apply(to settings: inout InputSettings) {
    settings.resize = resize
    settings.crop = crop
  }
}
