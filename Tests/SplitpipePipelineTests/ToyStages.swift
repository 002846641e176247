import SplitpipeCore
import Synchronization

@testable import SplitpipePipeline

/// What toy stages did, for tests to look at.
final class Ledger: Sendable {
  let frames: Int
  let failAt: Int?
  let wantsSink: Bool
  let events = Mutex<[String]>([])
  let seen = Mutex<[Int]>([])
  let reported = Mutex<[Int]>([])
  let produced = Atomic<Int>(0)

  init(frames: Int = 20, failAt: Int? = nil, wantsSink: Bool = true) {
    self.frames = frames
    self.failAt = failAt
    self.wantsSink = wantsSink
  }
}

let number = Slot<Int>("number")
let doubled = Slot<Int>("double")
let tripled = Slot<Int>("triple")
let sum = Slot<Int>("sum")

private struct Count: SourceStage {
  let ledger: Ledger
  var index = 0

  mutating func next() async throws -> FrameRecord? {
    guard index < ledger.frames else { return nil }
    var record = FrameRecord(stamp: FrameStamp(index: index, seconds: Double(index)))
    record[number] = index
    index += 1
    ledger.produced.add(1, ordering: .relaxed)
    return record
  }
}

private struct Compute: Stage {
  let from: Slot<Int>
  let into: Slot<Int>
  let factor: Int

  mutating func process(_ record: inout FrameRecord) async throws {
    record[into] = try record.require(from) * factor
  }
}

private struct Add: Stage {
  mutating func process(_ record: inout FrameRecord) async throws {
    record[sum] = try record.require(doubled) + record.require(tripled)
  }
}

private struct Collect: Stage {
  let ledger: Ledger

  mutating func process(_ record: inout FrameRecord) async throws {
    if ledger.failAt == record.stamp.index {
      throw SplitpipeError(.badData, "frame \(record.stamp.index) is bad")
    }
    let value = try record.require(sum)
    ledger.seen.withLock { $0.append(value) }
  }

  mutating func finish() async throws { ledger.events.withLock { $0.append("finish") } }

  mutating func cancel() { ledger.events.withLock { $0.append("cancel") } }
}

let toyStages: [StageDefinition<Ledger>] = [
  StageDefinition(
    "count", "makes numbers", writes: ["number"],
    make: .source { ledger, _ in Count(ledger: ledger) }),
  StageDefinition(
    "double", "doubles", reads: ["number"], writes: ["double"],
    options: [OptionSpecification("factor", .integer(1...9), default: .integer(2), "factor")],
    make: .stage { _, options in
      Compute(from: number, into: doubled, factor: options.integer("factor") ?? 0)
    }),
  StageDefinition(
    "triple", "triples", reads: ["number"], writes: ["triple"],
    make: .stage { _, _ in Compute(from: number, into: tripled, factor: 3) }),
  StageDefinition(
    "add", "adds", reads: ["double", "triple"], writes: ["sum"],
    make: .stage { _, _ in Add() }),
  StageDefinition(
    "collect", "collects", reads: ["sum"], takesPart: { $0.wantsSink },
    make: .stage { ledger, _ in Collect(ledger: ledger) }),
]

let toySettings = [
  OptionSpecification("bits", .integer(2...8), default: .integer(3), "bits"),
  OptionSpecification("codec", .choice(["rle", "raw"]), default: .text("rle"), "codec"),
]

/// A plan with two branches that join again.
let diamond = """
  settings: { bits: 4 }
  buffer: 2
  stages:
    - count
    - double: { factor: 2 }
    - triple: { from: count }
    - add: { from: [double, triple] }
    - collect
  """

func plan(
  _ yaml: String, overrides: [String: String] = [:]
) throws -> ValidatedPlan<Ledger> {
  try ValidatedPlan(
    PipelineFile.parse(yaml, path: "toy.yaml"), overrides: overrides, definitions: toyStages,
    settings: toySettings)
}
