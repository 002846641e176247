import ArgumentParser
import SplitpipeCore
import SplitpipeFiles
import SplitpipeModel
import SplitpipeModelStore
import SplitpipePipeline
import SplitpipeStages

struct ModelsFetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Download the weights of an official YOLOv5 v7.0 model.",
    discussion: """
      They go into splitpipe/models of the user's cache folder ($XDG_CACHE_HOME, else ~/.cache); \
      --model then takes the name. A download that was cut is gone on from. These weights are \
      licensed under AGPL-3.0 by their maker, Ultralytics.

      EXAMPLE
        splitpipe models fetch yolov5m
        splitpipe models fetch yolov5m --from https://mirror.example/yolov5/v7.0
      """)

  @Argument(
    help: "One of \(officialModels.map(\.name).joined(separator: ", ")).",
    completion: .list(officialModels.map(\.name)))
  var name: String

  @Option(
    help: ArgumentHelp(
      "Another place: an http, https or file address of the file or of a folder that holds it.",
      valueName: "url"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "Give up when nothing comes for so long. (default: 30)", valueName: "seconds"))
  var timeout: Int?

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "No progress line.")
  var quiet = false

  private struct Output: Encodable {
    let model: String
    let path: String
    let bytes: Int
    let sha256: String
    let licence: String
  }

  func validate() throws {
    if let timeout, !(1...86_400).contains(timeout) {
      throw ValidationError("--timeout is between 1 and 86400 seconds, not \(timeout)")
    }
  }

  func run() throws {
    let store = ModelStore.standard
    guard let model = store.available(name) else {
      let names = store.available.map(\.name)
      let nearest = nearestNames(to: name, among: names).map { "\"\($0)\"" }
      throw SplitpipeError(
        .usage,
        "no model \"\(name)\" to fetch; nearest: \(nearest.joined(separator: ", ")); all: "
          + names.joined(separator: ", "))
    }
    var settings = FetchSettings()
    if let timeout {
      settings.stallTimeout = .seconds(timeout)
      settings.connectTimeout = min(settings.connectTimeout, .seconds(timeout))
    }
    let address = try ModelAddress(of: model, from: from)
    Interruption.listen()
    let progress = TransferLine(name: model.name, quiet: quiet)
    let fetched: FetchedModel
    do {
      defer { progress.finish() }
      fetched = try ModelFetch(
        model, into: store, from: address, settings: settings,
        checkReadable: { _ = try loadModel(path: $0) },
        isStopped: { Interruption.signal.isStopped },
        report: { announce($0, model, progress) }
      ).run()
    }
    try Terminal.result(json ? jsonText(output(fetched, model)) : text(fetched, model))
  }

  private func announce(_ event: FetchEvent, _ model: AvailableModel, _ progress: TransferLine) {
    switch event {
    case .begins(let address, let bytes):
      Terminal.say(
        "\(model.name): weights by \(model.maker) under \(model.licence), not under splitpipe's own "
          + "licence; see https://spdx.org/licenses/\(model.licence).html")
      let offset = bytes > 0 ? ", from \(Text.megabytes(bytes)) on" : ""
      Terminal.say("\(model.name): fetching \(address)\(offset)")
    case .startsAfresh:
      progress.restart()
      Terminal.say("\(model.name): cannot go on from what is there, starting afresh")
    case .received(let bytes, let total):
      progress.show(bytes, of: total)
    }
  }

  private func output(_ fetched: FetchedModel, _ model: AvailableModel) -> Output {
    Output(
      model: model.name, path: fetched.path, bytes: fetched.bytes, sha256: fetched.sha256,
      licence: model.licence)
  }

  private func text(_ fetched: FetchedModel, _ model: AvailableModel) -> String {
    let check =
      switch fetched.check {
      case .known: "as expected"
      case .recorded: "as recorded by an earlier fetch"
      case .first: "recorded for later fetches"
      }
    return Text.table([
      ["model", model.name + (fetched.wasInstalled ? ", installed already" : "")],
      ["where", fetched.path],
      ["size", Text.megabytes(fetched.bytes)],
      ["SHA-256", "\(fetched.sha256), \(check)"],
      ["licence", "\(model.licence), \(model.maker)"],
      ["try", "splitpipe run video.mp4 --model \(model.name)"],
    ])
  }
}
