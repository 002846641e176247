import ArgumentParser
import SplitpipeDetection
import SplitpipeFiles
import SplitpipeStages

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "COCO's twelve numbers for a results file.",
    discussion: """
      EXAMPLE
        splitpipe score --truth instances.json --detections results.json
      """)

  @Option(help: "COCO instances.json.", completion: .file(extensions: ["json"]))
  var truth: String

  @Option(
    help: "COCO results file, or what run --detections writes.",
    completion: .file(extensions: ["json", "jsonl"]))
  var detections: String

  @Option(help: "Score only these image ids, separated by commas.")
  var images: String?

  @Option(
    help: ArgumentHelp(
      "What the labels of a video call its first frame, 0 or 1. (default: found out)",
      valueName: "number"))
  var truthStart: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let truthStart, !(0...1).contains(truthStart) {
      throw ValidationError("--truth-start is 0 or 1, not \(truthStart)")
    }
  }

  func run() throws {
    let ids = images.map { list in
      list.split(separator: ",").map { part in
        let text = part.trimmingPrefix(" ")
        return Int(text).map { COCOID($0) } ?? COCOID(String(text))
      }
    }
    let score = try scoreCOCO(
      truthPath: truth, detectionsPath: detections, images: ids, firstFrame: truthStart)
    for note in score.notes { Terminal.say("note: \(note)") }
    let statistics = score.statistics
    guard !json else { return try Terminal.result(jsonText(statistics)) }
    let rows = statistics.rows.map { [$0.name, Text.decimal($0.value, 4)] }
    try Terminal.result(Text.table(rows, numeric: true))
  }
}
