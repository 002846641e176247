import ArgumentParser
import SplitpipeCore
import SplitpipeFiles
import SplitpipePipeline
import SplitpipeStages
import SplitpipeTensorFile

struct TensorInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "What an .spt file holds, and whether it is whole.",
    discussion: """
      EXAMPLE
        splitpipe tensor info features.spt
      """)

  @Argument(help: "An .spt file; - for standard input.", completion: .file(extensions: ["spt"]))
  var input: String

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "No progress line.")
  var quiet = false

  func run() throws {
    Interruption.listen()
    let source = try InputFile(input) { Interruption.signal.isStopped }
    var progress: ProgressLine?
    defer { progress?.finish() }
    let information = try TensorFileInformation(source) { (frames, total) throws(SplitpipeError) in
      if progress == nil { progress = ProgressLine(total: total, quiet: quiet) }
      progress?.advance()
      guard !Interruption.signal.isStopped else {
        throw SplitpipeError(.interrupted, "stopped after \(frames) of \(total) frames")
      }
    }
    progress?.finish()
    try Terminal.result(json ? jsonText(information) : table(information))
  }

  private func table(_ file: TensorFileInformation) -> String {
    let values = file.shape.reduce(1, *)
    let kind = file.video ? " of a video" : ""
    var rows = [
      ["file", "\(file.file), version \(file.version)"],
      ["coded as", "\(file.codec) at \(file.bits) bits"],
      ["shape", file.shape.map(String.init).joined(separator: "×")],
      ["frames", "\(file.frames)\(kind), \(file.keyFrames) of them key"],
      [
        "bytes",
        "\(file.bytes), of them \(file.packetBytes) in packets; \(file.rawBytes) as float32",
      ],
      ["bits per coefficient", Text.decimal(file.bitsPerCoefficient, 3) + " of \(values)"],
    ]
    if let range = file.range {
      rows.append(["range of frame 0", "\(range.min) to \(range.max)"])
    }
    return Text.table(rows)
  }
}
