import ArgumentParser
import Glibc
import SplitpipeCodec
import SplitpipeCore
import SplitpipeFiles
import SplitpipePipeline
import SplitpipeStages
import SplitpipeTensorFile

struct TensorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tensor",
    abstract: "The codec alone, on float32 NumPy arrays.",
    discussion: """
      EXAMPLE
        splitpipe tensor encode features.npy features.spt --bits 3 --codec rle \\
          --video
        splitpipe tensor decode features.spt restored.npy
      """,
    subcommands: [TensorEncodeCommand.self, TensorDecodeCommand.self, TensorInfoCommand.self])
}

struct TensorEncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Code a float32 .npy array as an .spt file.",
    discussion: """
      An array (c,h,w) is one tensor, (n,c,h,w) are n independent ones, each with its own range; \
      with --video the first axis is time and each frame may be coded from the one before. (k) and \
      (h,w) are taken too. One frame at a time is in memory; - reads standard input or writes \
      standard output.

      EXAMPLE
        splitpipe tensor encode features.npy features.spt --bits 3 --codec rle \\
          --video
      """)

  @Argument(help: "A float32 .npy file; - for standard input.", completion: .file())
  var input: String

  @Argument(help: "The .spt file to write; - for standard output.", completion: .file())
  var output: String

  @OptionGroup var coding: TensorCodingOptions

  @Flag(help: "The first axis is time.")
  var video = false

  @Flag(help: "No progress line.")
  var quiet = false

  func run() throws {
    let settings = try coding.settings()
    Interruption.listen()
    let source = try InputFile(input) { Interruption.signal.isStopped }
    var encoder = try TensorFileEncoder(
      source, settings: settings, quantizer: try QuantizerSettings.parse(coding.quantizer),
      keyInterval: coding.keyInterval, isVideo: video)
    try TensorOutput(input: input, output: output)
      .write(frames: encoder.slicing.frames, quiet: quiet) { try encoder.next() }
    noteClamped(encoder.clamped, of: encoder.slicing.shape.count)
  }

  private func noteClamped(_ clamped: Int, of values: Int) {
    guard clamped > 0, !quiet else { return }
    let percent = Text.decimal(Double(clamped) / Double(values) * 100, 4)
    Terminal.say(
      "note: \(clamped) values (\(percent) %) lay outside the range of their "
        + "codes and were clamped to its ends")
  }
}

/// How `tensor encode` codes.
struct TensorCodingOptions: ParsableArguments {
  @Option(help: "Width of a coefficient, 2 to 8; 32 keeps float32, with codec raw.")
  var bits = 3

  @Option(
    help: ArgumentHelp("How codes become bytes: \(CodecName.syntax).", valueName: "codec"))
  var codec = "rle"

  @Option(
    help: ArgumentHelp(
      "How values become codes: \(RunSettings.quantizerSyntax).", valueName: "spec"))
  var quantizer = "paper"

  @Option(help: "Frames of a video from one key frame to the next at the latest.")
  var keyInterval = KeySchedule.usualInterval

  func validate() throws {
    if keyInterval < 1 {
      throw ValidationError("--key-interval is at least 1, not \(keyInterval)")
    }
  }

  /// - Throws: a usage error for what does not exist or does not go together.
  func settings() throws -> CodecSettings {
    guard let depth = BitDepth(bits) else {
      throw SplitpipeError(.usage, "--bits is 2 to 8, or 32 for float32, not \(bits)")
    }
    return try CodecSettings(codec: try CodecName.parse(codec), bits: depth)
  }
}

struct TensorDecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Restore the float32 .npy array of an .spt file.",
    discussion: """
      The array has the shape of the one that was encoded, little-endian in C order. One frame at a \
      time is in memory; - reads standard input or writes standard output.

      EXAMPLE
        splitpipe tensor decode features.spt restored.npy
      """)

  @Argument(help: "An .spt file; - for standard input.", completion: .file(extensions: ["spt"]))
  var input: String

  @Argument(help: "The .npy file to write; - for standard output.", completion: .file())
  var output: String

  @Flag(help: "No progress line.")
  var quiet = false

  func run() throws {
    Interruption.listen()
    let source = try InputFile(input) { Interruption.signal.isStopped }
    var decoder = try TensorFileDecoder(source)
    try TensorOutput(input: input, output: output)
      .write(frames: decoder.slicing.frames, quiet: quiet) { try decoder.next() }
  }
}

/// A file that is written frame by frame and appears when all of them are there.
private struct TensorOutput {
  private let file: OutputFile

  /// - Throws: `cannotWrite`, a usage error where the output is the input or a terminal.
  init(input: String, output: String) throws {
    guard input != output || input == "-" else {
      throw SplitpipeError(
        .usage, "input and output cannot both be \"\(output)\": give the output another name")
    }
    guard output != "-" || isatty(STDOUT_FILENO) == 0 else {
      throw SplitpipeError(
        .usage, "the output is no text for a terminal: give a file's name, or lead it to a pipe")
    }
    file = try OutputFile(output == "-" ? "/dev/stdout" : output)
  }

  /// Writes the pieces until there is none: a header, then one for each frame.
  func write(frames: Int, quiet: Bool, _ next: () throws -> [UInt8]?) throws {
    let progress = ProgressLine(total: frames, quiet: quiet)
    defer { progress.finish() }
    var pieces = 0
    do {
      while let bytes = try next() {
        try file.append(bytes)
        if (1...frames).contains(pieces) { progress.advance() }
        pieces += 1
        guard !Interruption.signal.isStopped else {
          throw SplitpipeError(
            .interrupted,
            "stopped after \(min(pieces - 1, frames)) of \(frames) frames; no file was written")
        }
      }
      try file.finish()
    } catch {
      file.cancel()
      throw error
    }
  }
}
