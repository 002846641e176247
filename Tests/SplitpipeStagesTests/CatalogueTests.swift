import Foundation
import SplitpipeCore
import SplitpipePipeline
import Testing

@testable import SplitpipeStages

@Suite struct `The pipelines that come with splitpipe` {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Pipelines")

  private func plan(_ text: String) throws -> ValidatedPlan<RunContext> {
    try ValidatedPlan(
      PipelineFile.parse(text, path: "test.yaml"), overrides: [:], definitions: stageCatalogue,
      settings: RunSettings.specifications)
  }

  @Test func `are all valid and all carried by the program`() throws {
    let carried = [
      RunRequest.detectPipeline, RunRequest.deliverPipeline, RunRequest.benchPipeline,
    ]
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(files.sorted() == carried.map(\.path).sorted())
    for (text, path) in carried {
      let file = Self.folder.appendingPathComponent(path)
      #expect(try String(contentsOf: file, encoding: .utf8) == text, "\(path)")
      _ = try plan(text)
    }
  }

  @Test func `have defaults of the command line's contract`() throws {
    let settings = try plan(RunRequest.deliverPipeline.text).settings
    #expect(settings.text("split") == "4.m")
    #expect(settings.text("bits") == "3")
    #expect(settings.text("codec") == "rle")
    #expect(settings.text("precision") == "auto")
    #expect(settings.text("quantizer") == "paper")
    #expect(settings.integer("key-interval") == 120)
  }

  @Test func `name every stage`() throws {
    let used = try plan(RunRequest.detectPipeline.text).stages.map(\.definition.name)
    #expect(Set(used) == Set(stageCatalogue.map(\.name)))
  }

  @Test func `a stage that lacks its input is refused before anything is opened`() {
    let error = #expect(throws: SplitpipeError.self) {
      try plan("stages:\n  - decode\n  - head\n")
    }
    #expect(
      error?.message
        == "test.yaml, line 3: stage \"head\" needs the letterbox, which no stage before it makes")
  }
}
