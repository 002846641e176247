import ArgumentParser
import SplitpipeCore
import SplitpipeFiles
import SplitpipeMedia
import SplitpipePipeline
import SplitpipeSynth

struct SynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth",
    abstract: "Render a labelled clip of a street or a yard.",
    discussion: """
      Persons, bicycles, cars, buses and dogs before a fixed camera. The same seed gives the same \
      clip. Labels are COCO's instances.json: image ids are frame numbers from 0, boxes go around \
      what is visible, and objects of which less than a quarter is visible have none.

      EXAMPLE
        splitpipe synth street.mp4 --seed 7 --frames 150 --labels street.json
      """)

  @Argument(help: "The video to write, such as street.mp4.", completion: .file())
  var output: String

  @Option(help: "Decides everything that is random.")
  var seed: UInt64 = 1

  @Option(help: "How many frames.")
  var frames: Int = 150

  @Option(
    help: "Write the ground truth here, as COCO instances.json.",
    completion: .file(extensions: ["json"]))
  var labels: String?

  @Option(help: "Width and height in pixels, both even.")
  var size: String = "640x384"

  @Option(help: "Frames per second.")
  var rate: Double = 12.5

  @Option(help: "How many objects to keep in sight. (default: 5 to 9, by the seed)")
  var objects: Int?

  @Option(help: "Leave the scene still but for one object that comes after so many seconds.")
  var visit: Double?

  @Flag(help: "Let the camera tremble.")
  var shake = false

  @Flag(help: "No progress line.")
  var quiet = false

  func run() throws {
    let settings = SynthSettings(
      seed: seed, size: try pixelSize(), framesPerSecond: rate, objects: objects, shakes: shake,
      visit: visit)
    try settings.validate()
    guard (1...1_000_000).contains(frames) else {
      throw SplitpipeError(
        .usage, "cannot render \(frames) frames: expected from 1 to 1000000")
    }
    guard labels != output else {
      throw SplitpipeError(
        .usage, "the clip and its labels cannot both be \"\(output)\": give --labels another name")
    }
    let labelFile = try labels.map(OutputFile.init)
    var encoding = WriterSettings(quality: 21, encoderThreads: 1, framesPerSecond: rate)
    encoding.preset = "veryfast"
    var writer = try RenderedVideoWriter(path: output, size: settings.size, settings: encoding)
    let renderer = try ClipRenderer(settings)
    let name = output.split(separator: "/").last.map(String.init) ?? output
    var annotations = Annotations(settings, fileName: name)

    Interruption.listen()
    let progress = ProgressLine(total: frames, quiet: quiet)
    defer { progress.finish() }
    var done = 0
    while done < frames, !Interruption.signal.isStopped {
      annotations.append(renderer.next())
      try renderer.withPixels { pixels, pixelsPerRow in
        try writer.append(pixels, pixelsPerRow: pixelsPerRow, seconds: Double(done) / rate)
      }
      done += 1
      progress.advance()
    }
    if done > 0 {
      try labelFile?.append(annotations.json())
      try writer.finish()
      try labelFile?.finish()
    }
    progress.finish()
    if done < frames {
      throw SplitpipeError(
        .interrupted, "stopped after \(done) of \(frames) frames; what was finished is kept")
    }
  }

  private func pixelSize() throws -> PixelSize {
    let parts = size.split(whereSeparator: { "x×X".contains($0) }).map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1] else {
      throw SplitpipeError(
        .usage, "\"\(size)\" is no size: expected width and height, such as 640x384")
    }
    return PixelSize(width: width, height: height)
  }
}
