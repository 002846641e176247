import SplitpipeCore
import Synchronization
import Testing

@testable import SplitpipePipeline

@Suite struct `A pipeline run` {
  @Test(arguments: [true, false])
  func `joins branches frame by frame and in order`(overlapped: Bool) async throws {
    let ledger = Ledger(frames: 100)
    let run = PipelineRun(try plan(diamond), context: ledger) { stamp in
      ledger.reported.withLock { $0.append(stamp.index) }
    }
    let result = try await overlapped ? run.overlapped() : run.oneAfterAnother()
    #expect(ledger.seen.withLock { $0 } == (0..<100).map { $0 * 5 })
    #expect(ledger.reported.withLock { $0 } == Array(0..<100))
    #expect(result.frames == 100)
    #expect(result.stages.map(\.name) == ["count", "double", "triple", "add", "collect"])
    #expect(result.stages.allSatisfy { $0.times.count == 100 })
    #expect(ledger.events.withLock { $0 } == ["finish"])
  }

  @Test(arguments: [true, false])
  func `that fails cancels its sinks and throws the stage's error`(overlapped: Bool) async throws {
    let ledger = Ledger(frames: 1_000_000, failAt: 7)
    let run = PipelineRun(try plan(diamond), context: ledger)
    let error = await #expect(throws: SplitpipeError.self) {
      try await overlapped ? run.overlapped() : run.oneAfterAnother()
    }
    #expect(error?.message == "frame 7 is bad")
    #expect(ledger.events.withLock { $0 } == ["cancel"])
    #expect(ledger.produced.load(ordering: .relaxed) < 100)
  }

  @Test(arguments: [true, false])
  func `that is stopped finishes what it began`(overlapped: Bool) async throws {
    let ledger = Ledger(frames: .max)
    let stop = StopSignal()
    let run = PipelineRun(try plan(diamond), context: ledger, stop: stop) { stamp in
      if stamp.index == 10 { stop.stop() }
    }
    let result = try await overlapped ? run.overlapped() : run.oneAfterAnother()
    #expect(result.frames >= 11)
    #expect(result.frames == ledger.produced.load(ordering: .relaxed))
    #expect(ledger.seen.withLock { $0.count } == result.frames)
    #expect(ledger.events.withLock { $0 } == ["finish"])
  }

  @Test func `never lets the source lead by more than the channels hold`() async throws {
    let ledger = Ledger(frames: 300)
    let run = PipelineRun(try plan(diamond), context: ledger) { stamp in
      let lead = ledger.produced.load(ordering: .relaxed) - (stamp.index + 1)
      // Three hops of two waiting frames, and one in each of the four stages after the source.
      #expect(lead <= 3 * 2 + 4 + 1)
    }
    _ = try await run.overlapped()
  }

  @Test func `leaves out a sink that has nothing to write`() async throws {
    let ledger = Ledger(frames: 3, wantsSink: false)
    let result = try await PipelineRun(try plan(diamond), context: ledger).overlapped()
    #expect(result.stages.map(\.name) == ["count", "double", "triple", "add"])
    #expect(result.frames == 3)
  }
}
