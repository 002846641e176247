import Foundation
import SplitpipeCodec
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
      PipelineFile.parse(text, path: "test.yaml"), catalogue: stageCatalogue)
  }

  @Test func `are all valid and all carried by the program`() throws {
    let carried = [
      RunRequest.detectPipeline, RunRequest.deliverPipeline, RunRequest.benchPipeline,
      RunRequest.wholePipeline, RunRequest.remotePipeline,
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
    // Chosen by the model: 4.m where it has one.
    #expect(settings[RunSettings.splitName] == nil)
    #expect(settings[RunSettings.bitDepth].bits == 3)
    #expect(settings[RunSettings.codecName] == .rle)
    #expect(settings[RunSettings.arithmetic] == .auto)
    #expect(settings[RunSettings.quantizerSettings] == .paper)
    #expect(settings[RunSettings.longestInterval] == 120)
  }

  @Test func `are made of stages with a name of their own and a line about each`() {
    let names = stageCatalogue.stages.map { $0.name }
    #expect(Set(names).count == names.count)
    for stage in stageCatalogue.stages {
      #expect(!stage.summary.isEmpty && !stage.summary.contains("\n"), "\(stage.name)")
      let options = stage.options.map(\.name)
      #expect(Set(options).count == options.count, "\(stage.name)")
      #expect(stage.options.allSatisfy { !$0.help.isEmpty }, "\(stage.name)")
    }
    #expect(Set(names).isDisjoint(with: stageCatalogue.formerStages.keys))
  }

  @Test func `a stage that lacks its input is refused before anything is opened`() {
    let error = #expect(throws: SplitpipeError.self) {
      try plan("stages:\n  - decode\n  - head\n")
    }
    #expect(
      error?.message
        == "test.yaml, line 3: stage \"head\" needs the network input, which no stage before it makes"
    )
  }

  @Test(arguments: [
    ("delta", "write \"quantize\""),
    ("transport: { packets: 2 }", "write \"send\" and after it \"receive\""),
  ])
  func `a stage of former days gets the words for what to write`(entry: String, words: String) {
    let error = #expect(throws: SplitpipeError.self) {
      try plan("stages:\n  - decode\n  - letterbox\n  - head\n  - \(entry)\n")
    }
    #expect(error?.kind == .badData)
    #expect(error?.message.hasPrefix("test.yaml, line 5: there is no stage") == true)
    #expect(error?.message.contains(words) == true)
  }
}
