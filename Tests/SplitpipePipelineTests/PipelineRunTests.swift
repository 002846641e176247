import SplitpipeCore
import SplitpipeStatistics
import SplitpipeTestSupport
import Synchronization
import Testing

@testable import SplitpipePipeline

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct `A pipeline run` {
  @Test(arguments: [true, false])
  func `joins branches frame by frame and in order`(overlapped: Bool) async throws {
    let ledger = Ledger(frames: 100)
    let run = PipelineRun(try plan(diamond), context: ledger) { record in
      ledger.reported.withLock { $0.append(record) }
    }
    let result = try await run.run(overlapped: overlapped)
    #expect(ledger.seen.withLock { $0 } == (0..<100).map { $0 * 5 })
    #expect(ledger.reported.withLock { $0.map(\.stamp.index) } == Array(0..<100))
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
      try await run.run(overlapped: overlapped)
    }
    #expect(error?.message == "frame 7 is bad")
    #expect(ledger.events.withLock { $0 } == ["cancel"])
    #expect(ledger.produced.load(ordering: .relaxed) < 100)
  }

  @Test(arguments: [true, false])
  func `that is stopped finishes what it began`(overlapped: Bool) async throws {
    let ledger = Ledger(frames: .max)
    let stop = StopSignal()
    let run = PipelineRun(try plan(diamond), context: ledger, stop: stop) { record in
      if record.stamp.index == 10 { stop.stop() }
    }
    let result = try await run.run(overlapped: overlapped)
    #expect(result.frames >= 11)
    #expect(result.frames == ledger.produced.load(ordering: .relaxed))
    #expect(ledger.seen.withLock { $0.count } == result.frames)
    #expect(ledger.events.withLock { $0 } == ["finish"])
  }

  @Test func `never lets the source lead by more than the channels hold`() async throws {
    let ledger = Ledger(frames: 300)
    let run = PipelineRun(try plan(diamond), context: ledger) { record in
      let lead = ledger.produced.load(ordering: .relaxed) - (record.stamp.index + 1)
      // Three hops of two waiting frames, and one in each of the four stages after the source.
      #expect(lead <= 3 * 2 + 4 + 1)
    }
    _ = try await run.overlapped()
  }

  @Test func `leaves no thread behind, whether it ends well or fails`() async {
    // In a process of its own, where nothing else makes threads.
    await #expect(processExitsWith: .success) {
      func runPipelines() async throws {
        for failAt in [nil, 3] {
          let ledger = Ledger(frames: 10, failAt: failAt)
          for overlapped in [true, false] {
            _ = try? await PipelineRun(try plan(diamond), context: ledger).run(
              overlapped: overlapped)
          }
        }
      }
      try await runPipelines()
      let before = try ProcessCensus()
      for _ in 0..<20 { try await runPipelines() }
      // The system takes a moment to clear a thread away.
      try await wait { try ProcessCensus().threads.count <= before.threads.count }
      #expect(try ProcessCensus().descriptors == before.descriptors)
    }
  }

  @Test func `leaves out a sink that has nothing to write`() async throws {
    let ledger = Ledger(frames: 3, wantsSink: false)
    let result = try await PipelineRun(try plan(diamond), context: ledger).overlapped()
    #expect(result.stages.map(\.name) == ["count", "double", "triple", "add"])
    #expect(result.frames == 3)
  }

  @Test(arguments: [true, false])
  func `hands out what was asked for of each frame, from every branch`(
    overlapped: Bool
  ) async throws {
    let ledger = Ledger(frames: 50)
    let run = PipelineRun(
      try plan(twoLeaves), context: ledger, collecting: [Toy.number, Toy.doubled, Toy.sum]
    ) { record in
      ledger.reported.withLock { $0.append(record) }
    }
    _ = try await run.run(overlapped: overlapped)
    let records = ledger.reported.withLock { $0 }
    #expect(records.map { $0[Toy.number] } == Array(0..<50))
    #expect(records.map { $0[Toy.doubled] } == (0..<50).map { $0 * 2 })
    #expect(records.allSatisfy { $0[Toy.tripled] == nil && $0[Toy.sum] == nil })
    #expect(records.allSatisfy { $0.durations.map(\.stage) == ["count", "double", "triple"] })
    #expect(records.allSatisfy { $0.durations.allSatisfy { $0.time >= .zero } })
  }

  @Test(arguments: [true, false])
  func `drops a value as soon as no stage to come reads it`(overlapped: Bool) async throws {
    let ledger = Ledger(frames: 20)
    let run = PipelineRun(try plan("stages: [count, hold, miss]"), context: ledger)
    _ = try await run.run(overlapped: overlapped)
    #expect(ledger.events.withLock { $0 } == Array(repeating: "gone", count: 20))
  }

  @Test func `lets as many records wait behind a stage as it says`() async throws {
    // The first frame is with the last stage; behind it wait seven, one the stage in the middle
    // cannot hand on, one between it and the source, and one the source cannot hand on.
    let ledger = Ledger(frames: 100, opensGateAt: 1 + 7 + 1 + 1 + 1)
    let run = PipelineRun(
      try plan("stages: [count, double: { queue: 7 }, wait]"), context: ledger
    ) { record in
      let lead = ledger.produced.load(ordering: .relaxed) - record.stamp.index
      #expect(lead <= 1 + 7 + 1 + 1 + 1)
    }
    #expect(try await run.overlapped().frames == 100)
  }
}

/// A plan with two leaves.
private let twoLeaves = """
  stages:
    - count
    - double
    - triple: { from: count }
  """
