import SplitpipeCore
import SplitpipeTestSupport
import Synchronization

@testable import SplitpipePipeline

/// What toy stages did, for tests to look at.
final class Ledger: Sendable {
  let frames: Int
  let failAt: Int?
  let wantsSink: Bool
  let events = Mutex<[String]>([])
  let seen = Mutex<[Int]>([])
  let reported = Mutex<[FrameRecord]>([])
  let produced = Atomic<Int>(0)
  /// Opens once the source has made so many frames.
  let gate = Gate()
  private let opensGateAt: Int

  init(
    frames: Int = 20, failAt: Int? = nil, wantsSink: Bool = true, opensGateAt: Int = .max
  ) {
    self.frames = frames
    self.opensGateAt = opensGateAt
    self.failAt = failAt
    self.wantsSink = wantsSink
  }

  func made() {
    if produced.add(1, ordering: .relaxed).newValue == opensGateAt { gate.open() }
  }
}

enum Toy {
  static let number = Slot<Int>("number")
  static let doubled = Slot<Int>("double")
  static let tripled = Slot<Int>("triple")
  static let sum = Slot<Int>("sum")
  static let token = Slot<Token>("token")
  static let glimpse = Slot<Glimpse>("glimpse")
}

/// A value whose end can be seen.
final class Token: Sendable {}

/// Sees a value without keeping it.
struct Glimpse: Sendable {
  weak let token: Token?
}

struct Count: SourceStage {
  static let name = "count"
  static let summary = "makes numbers"
  static let writes: SlotSet = [Toy.number]

  let ledger: Ledger
  var index = 0

  init(_ ledger: Ledger, _ options: Options) { self.ledger = ledger }

  mutating func next() async throws -> FrameRecord? {
    guard index < ledger.frames else { return nil }
    var record = FrameRecord(stamp: FrameStamp(index: index, seconds: Double(index)))
    record[Toy.number] = index
    index += 1
    ledger.made()
    return record
  }
}

struct Multiply: Stage {
  static let name = "double"
  static let summary = "doubles"
  static let reads: SlotSet = [Toy.number]
  static let writes: SlotSet = [Toy.doubled]
  static let options: [any AnyPipelineOption] = [factor, queue]

  static let factor = PipelineOption<Int>("factor", 1...9, default: 2, "factor")
  static let queue = PipelineOption<Int?>("queue", 1...99, "records that may wait behind it")

  static func queue(_ options: Options) -> Int? { options[queue] }

  let factor: Int

  init(_ ledger: Ledger, _ options: Options) { factor = options[Self.factor] }

  mutating func process(_ record: inout FrameRecord) async throws {
    record[Toy.doubled] = try record.require(Toy.number) * factor
  }
}

struct Triple: Stage {
  static let name = "triple"
  static let summary = "triples"
  static let reads: SlotSet = [Toy.number]
  static let writes: SlotSet = [Toy.tripled]

  init(_ ledger: Ledger, _ options: Options) {}

  mutating func process(_ record: inout FrameRecord) async throws {
    record[Toy.tripled] = try record.require(Toy.number) * 3
  }
}

struct Add: Stage {
  static let name = "add"
  static let summary = "adds"
  static let reads: SlotSet = [Toy.doubled, Toy.tripled]
  static let writes: SlotSet = [Toy.sum]

  init(_ ledger: Ledger, _ options: Options) {}

  mutating func process(_ record: inout FrameRecord) async throws {
    record[Toy.sum] = try record.require(Toy.doubled) + record.require(Toy.tripled)
  }
}

struct Collect: Stage {
  static let name = "collect"
  static let summary = "collects"
  static let reads: SlotSet = [Toy.sum]

  static func takesPart(in ledger: Ledger) -> Bool { ledger.wantsSink }

  let ledger: Ledger

  init(_ ledger: Ledger, _ options: Options) { self.ledger = ledger }

  mutating func process(_ record: inout FrameRecord) async throws {
    if ledger.failAt == record.stamp.index {
      throw SplitpipeError(.badData, "frame \(record.stamp.index) is bad")
    }
    let value = try record.require(Toy.sum)
    ledger.seen.withLock { $0.append(value) }
  }

  mutating func finish() async throws { ledger.events.withLock { $0.append("finish") } }

  mutating func cancel() { ledger.events.withLock { $0.append("cancel") } }
}

/// Makes a token and a glimpse of it.
struct Hold: Stage {
  static let name = "hold"
  static let summary = "makes a token"
  static let writes: SlotSet = [Toy.token, Toy.glimpse]

  init(_ ledger: Ledger, _ options: Options) {}

  mutating func process(_ record: inout FrameRecord) async throws {
    let token = Token()
    record[Toy.token] = token
    record[Toy.glimpse] = Glimpse(token: token)
  }
}

/// Says whether the token is still there.
struct Miss: Stage {
  static let name = "miss"
  static let summary = "looks for the token"
  static let reads: SlotSet = [Toy.glimpse]

  let ledger: Ledger

  init(_ ledger: Ledger, _ options: Options) { self.ledger = ledger }

  mutating func process(_ record: inout FrameRecord) async throws {
    let glimpse = try record.require(Toy.glimpse)
    ledger.events.withLock { $0.append(glimpse.token == nil ? "gone" : "kept") }
  }
}

/// Lets frames through once the gate is open.
struct Wait: Stage {
  static let name = "wait"
  static let summary = "waits for the gate"

  let ledger: Ledger

  init(_ ledger: Ledger, _ options: Options) { self.ledger = ledger }

  mutating func process(_ record: inout FrameRecord) async throws { await ledger.gate.pass() }
}

enum ToySettings {
  enum Codec: String, CaseIterable { case rle, raw }

  static let bits = PipelineOption<Int>("bits", 2...8, default: 3, "bits")
  static let codec = PipelineOption<Codec>("codec", default: .rle, "codec")
}

let toyCatalogue = StageCatalogue<Ledger>(
  stages: [
    Count.self, Multiply.self, Triple.self, Add.self, Collect.self, Peek.self, Scribble.self,
    Leak.self, Hold.self, Miss.self, Wait.self,
  ],
  formerStages: ["twice": "write double in its place"],
  settings: [ToySettings.bits, ToySettings.codec])

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
  _ yaml: String, overrides: [String: String] = [:],
  stageOverrides: [String: [String: String]] = [:]
) throws -> ValidatedPlan<Ledger> {
  try ValidatedPlan(
    PipelineFile.parse(yaml, path: "toy.yaml"), overrides: overrides,
    stageOverrides: stageOverrides, catalogue: toyCatalogue)
}

extension PipelineRun {
  /// Runs in one of the two ways.
  func run(overlapped: Bool) async throws -> RunResult {
    try await overlapped ? self.overlapped() : oneAfterAnother()
  }
}
