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

  @Option(help: "COCO results file.", completion: .file(extensions: ["json"]))
  var detections: String

  @Option(help: "Score only these image ids, separated by commas.")
  var images: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let ids = try images.map { list in
      try list.split(separator: ",").map { part in
        guard let id = Int(part.filter { $0 != " " }) else {
          throw ValidationError("--images takes whole numbers separated by commas, not \"\(part)\"")
        }
        return id
      }
    }
    let statistics = try scoreCOCO(truthPath: truth, detectionsPath: detections, images: ids)
    guard !json else { return try Terminal.result(jsonText(statistics)) }
    let rows = statistics.rows.map { [$0.name, Text.decimal($0.value, 4)] }
    try Terminal.result(Text.table(rows, numeric: true))
  }
}
