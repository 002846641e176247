import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipePipeline

/// A stage that reads a slot it has not declared.
struct Peek: Stage {
  static let name = "peek"
  static let summary = "reads what it does not say it reads"
  static let reads: SlotSet = [Toy.sum]

  init(_ ledger: Ledger, _ options: Options) {}

  mutating func process(_ record: inout FrameRecord) async throws { _ = record[Toy.number] }
}

/// A stage that fills a slot it has not declared.
struct Scribble: Stage {
  static let name = "scribble"
  static let summary = "writes what it does not say it writes"
  static let reads: SlotSet = [Toy.number]

  init(_ ledger: Ledger, _ options: Options) {}

  mutating func process(_ record: inout FrameRecord) async throws { record[Toy.number] = 0 }
}

/// A source that fills a slot it has not declared.
struct Leak: SourceStage {
  static let name = "leak"
  static let summary = "makes more than it says"
  static let writes: SlotSet = [Toy.number]

  init(_ ledger: Ledger, _ options: Options) {}

  mutating func next() async throws -> FrameRecord? {
    var record = FrameRecord(stamp: FrameStamp(index: 0, seconds: 0))
    record[Toy.sum] = 1
    return record
  }
}

#if DEBUG
  /// Builds without optimisation trap; others have no check to pay for.
  @Suite(.ownThread, .timeLimit(.minutes(1)))
  struct `A stage that does what it has not declared` {
    private static let peeking =
      "stages: [count, double, { triple: { from: count } }, { add: { from: [double, triple] } }, peek]"

    private func expect(_ sentence: String, in result: ExitTest.Result?) {
      let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(said.contains(sentence), "it said: \(said)")
    }

    private let peeked =
      "stage \"peek\" reads the slot \"number\", which it declares neither in reads nor in uses"
    private let scribbled =
      "stage \"scribble\" writes the slot \"number\", which it does not declare in writes"
    private let leaked =
      "stage \"leak\" writes the slot \"sum\", which it does not declare in writes"

    @Test func `is stopped at reading when stages overlap`() async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        _ = try await PipelineRun(plan(Self.peeking), context: Ledger()).overlapped()
      }
      expect(peeked, in: result)
    }

    @Test func `is stopped at reading when stages take turns`() async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        _ = try await PipelineRun(plan(Self.peeking), context: Ledger()).oneAfterAnother()
      }
      expect(peeked, in: result)
    }

    @Test func `is stopped at writing when stages overlap`() async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        _ = try await PipelineRun(plan("stages: [count, scribble]"), context: Ledger()).overlapped()
      }
      expect(scribbled, in: result)
    }

    @Test func `is stopped at writing when stages take turns`() async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        _ = try await PipelineRun(plan("stages: [count, scribble]"), context: Ledger())
          .oneAfterAnother()
      }
      expect(scribbled, in: result)
    }

    @Test func `is stopped also where it is the source`() async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        _ = try await PipelineRun(plan("stages: [leak, double]"), context: Ledger()).overlapped()
      }
      expect(leaked, in: result)
    }
  }
#endif
