import FoundationEssentials
import SplitpipeCodec
import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeModel
import SplitpipeProtocol
import SplitpipeTestSupport
import Synchronization
import Testing

@testable import SplitpipeSession

@Suite(OpenVINORuntime.needed, .serialized, .ownThread, .timeLimit(.minutes(2)))
struct `A session between an edge and a server` {
  @Test(arguments: [
    ("rle", 3), ("packed", 2), ("context", 4), ("zstd", 8), ("raw", 32),
  ])
  func `gives the boxes of one process, in order, to the last bit`(
    codec: String, bits: Int
  ) async throws {
    let fixture = try SessionFixture()
    let coding = try coding(CodecName.parse(codec), bits)
    let frames = try (0..<12).map(fixture.frame)
    let server = try fixture.tailServer()
    let tail = RemoteTail(
      fixture.edge, settings: try fixture.settings(coding),
      transport: InProcessTransport(server))
    let found = try await answers(to: frames, from: tail, at: server)
    #expect(found.map(\.stamp) == frames.map(\.stamp))
    for (frame, answer) in zip(frames, found) {
      #expect(answer.boxes == (try fixture.expected(frame, coding)), "\(frame.stamp.index)")
    }
    #expect(found.contains { $0.boxes?.isEmpty == false })
    #expect(tail.statistics.sent == frames.count)
    #expect(tail.statistics.connections == 1)
    #expect(server.describe().sessions == 0)
  }

  @Test func `a connection that is cut costs no frame and repeats none`() async throws {
    let fixture = try SessionFixture()
    let coding = try coding(.context, 4)
    let frames = try (0..<30).map(fixture.frame)
    let server = try fixture.tailServer()
    let transport = InProcessTransport(server)
    let tail = RemoteTail(
      fixture.edge, settings: try fixture.settings(coding), transport: transport)
    let found = try await answers(to: frames, from: tail, at: server) { answer in
      if answer.stamp.index % 8 == 5 { transport.cutAll() }
    }
    #expect(found.map(\.stamp) == frames.map(\.stamp))
    for (frame, answer) in zip(frames, found) {
      #expect(answer.boxes == (try fixture.expected(frame, coding)), "\(frame.stamp.index)")
    }
    // A connection may be cut before its Welcome.
    #expect((2...transport.connections).contains(tail.statistics.connections))
  }

  @Test(arguments: [UInt64(3), 11, 12])
  func `a damaged packet is sent again as a key frame, and no box is wrong`(
    seed: UInt64
  ) async throws {
    let fixture = try SessionFixture()
    let coding = try coding(.context, 4)
    let frames = try (0..<40).map(fixture.frame)
    let server = try fixture.tailServer()
    let dice = Mutex(SeededGenerator(seed: seed))
    let damaged = Atomic(0)
    let transport = InProcessTransport(server) { frame in
      dice.withLock { dice in
        guard UInt64.random(in: 0..<8, using: &dice) == 0 else { return frame }
        damaged.add(1, ordering: .relaxed)
        var frame = frame
        let place = Int.random(in: 0..<frame.packet.count, using: &dice)
        frame.packet[frame.packet.startIndex + place] ^= 0x10
        return frame
      }
    }
    let tail = RemoteTail(
      fixture.edge, settings: try fixture.settings(coding), transport: transport)
    let found = try await answers(to: frames, from: tail, at: server)
    #expect(found.map(\.stamp) == frames.map(\.stamp), "seed \(seed)")
    for (frame, answer) in zip(frames, found) {
      #expect(answer.boxes == (try fixture.expected(frame, coding)), "seed \(seed)")
    }
    #expect(damaged.load(ordering: .relaxed) > 0)
    #expect(tail.statistics.refused >= damaged.load(ordering: .relaxed))
    #expect(tail.statistics.connections == 1)
  }

  @Test func `a server of another split refuses before any frame`() async throws {
    let fixture = try SessionFixture()
    let other = SplitModel(
      model: fixture.server.whole, split: "9", engine: try OpenVINOEngine())
    let server = try TailServer(other, workers: [other])
    let tail = RemoteTail(
      fixture.edge, settings: try fixture.settings(coding(.rle, 3)),
      transport: InProcessTransport(server))
    let frame = try fixture.frame(0)
    let error = await #expect(throws: SplitpipeError.self) {
      try await answers(to: [frame], from: tail, at: server)
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("another split") == true, "\(error?.message ?? "")")
  }

  @Test func `whoever speaks for another camera is refused`() async throws {
    let fixture = try SessionFixture()
    let server = try fixture.tailServer()
    let other = try #require(CameraName("other"))
    let tail = RemoteTail(
      fixture.edge, settings: try fixture.settings(coding(.rle, 3)),
      transport: InProcessTransport(server, peer: Peer(.cameras([other]), address: "here")))
    let frame = try fixture.frame(0)
    let error = await #expect(throws: SplitpipeError.self) {
      try await answers(to: [frame], from: tail, at: server)
    }
    #expect(error?.message.contains("do not speak for the camera \"cam\"") == true)
  }
}
