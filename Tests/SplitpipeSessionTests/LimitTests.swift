import FoundationEssentials
import SplitpipeCodec
import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeProtocol
import SplitpipeTestSupport
import Synchronization
import Testing

@testable import SplitpipeSession

/// Each limit of `ServerLimits`, met by an edge that goes beyond it.
@Suite(OpenVINORuntime.needed, .serialized, .ownThread, .timeLimit(.minutes(2)))
struct `A server's limits` {
  private func refusal(_ kind: ServerMessage.OneOf_Kind) -> Refusal? {
    if case .refusal(let refusal) = kind { refusal } else { nil }
  }

  @Test func `packets beyond the size are refused, and end nothing`() async throws {
    let fixture = try SessionFixture()
    let packets = try fixture.packets(1, coding(.rle, 3))
    var limits = ServerLimits.patient
    limits.packetBytes = packets[0].serialized().count - 1
    let problem = try await fixture.stream(to: fixture.tailServer(limits)) { [limits] edge in
      try await edge.send(.hello(edge.hello))
      #expect(try await edge.welcome().maxPacketBytes == limits.packetBytes)
      try await edge.send(edge.frame(packets[0]))
      let refused = try await edge.next(refusal)
      #expect(refused.code == .tooLarge)
      #expect(refused.text.contains("\(limits.packetBytes)"))
    }
    #expect(problem == nil)
  }

  @Test func `no Hello in time ends the stream`() async throws {
    let fixture = try SessionFixture()
    var limits = ServerLimits()
    limits.handshake = .milliseconds(100)
    let problem = try await fixture.stream(to: fixture.tailServer(limits)) { edge in
      _ = try await edge.welcome()
    }
    #expect(problem?.code == .deadlineExceeded)
  }

  @Test func `silence ends the stream, and pings keep it`() async throws {
    let fixture = try SessionFixture()
    var limits = ServerLimits()
    limits.silence = .seconds(1)
    limits.feedbackInterval = .milliseconds(20)
    limits.pingInterval = .milliseconds(70)
    let problem = try await fixture.stream(to: fixture.tailServer(limits)) { edge in
      try await edge.send(.hello(edge.hello))
      let welcome = try await edge.welcome()
      #expect(welcome.pingIntervalMs == 70)
      for id in 1...30 {
        var ping = Ping()
        ping.id = UInt64(id)
        try await edge.send(.ping(ping))
        let pong = try await edge.next { if case .pong(let pong) = $0 { pong } else { nil } }
        #expect(pong.id == ping.id)
        try await Task.sleep(for: .milliseconds(welcome.pingIntervalMs))
      }
      // Feedback goes on coming while nothing is said.
      _ = try await edge.next { kind -> Bool? in
        if case .feedback = kind { nil } else { true }
      }
    }
    #expect(problem?.code == .deadlineExceeded)
    #expect(problem?.text.contains("1 s") == true)
  }

  @Test func `edges are told after what silence to leave, by their delivery`() async throws {
    let fixture = try SessionFixture()
    var limits = ServerLimits()
    limits.liveServerSilence = .milliseconds(1_234)
    limits.everyFrameServerSilence = .milliseconds(5_678)
    for (delivery, silence) in [(Delivery.live, UInt32(1_234)), (.everyFrame, 5_678)] {
      _ = try await fixture.stream(to: fixture.tailServer(limits), delivery: delivery) { edge in
        try await edge.send(.hello(edge.hello))
        #expect(try await edge.welcome().silenceMs == silence)
      }
    }
  }

  @Test func `cameras beyond the number are told when to come back`() async throws {
    let fixture = try SessionFixture()
    var limits = ServerLimits.patient
    limits.sessions = 1
    let server = try fixture.tailServer(limits)
    let problem = try await fixture.stream(to: server) { edge in
      try await edge.send(.hello(edge.hello))
      _ = try await edge.welcome()
      let other = try await fixture.stream(to: server, camera: "other") { other in
        try await other.send(.hello(other.hello))
        _ = try await other.welcome()
      }
      #expect(other?.code == .resourceExhausted)
      #expect(other?.retryAfter != nil)
      #expect(server.describe().sessions == 1)
    }
    #expect(problem == nil)
  }

  @Test func `a newer connection of a camera takes over, an older one does not`() async throws {
    let fixture = try SessionFixture()
    let server = try fixture.tailServer()
    let first = try await fixture.stream(to: server, epoch: 7) { edge in
      try await edge.send(.hello(edge.hello))
      _ = try await edge.welcome()
      let older = try await fixture.stream(to: server, epoch: 6) { other in
        try await other.send(.hello(other.hello))
        _ = try await other.welcome()
      }
      #expect(older?.code == .aborted)
      let newer = try await fixture.stream(to: server, epoch: 8) { other in
        try await other.send(.hello(other.hello))
        _ = try await other.welcome()
        // The one before is ended while this one is there.
        _ = try await edge.next { _ -> Bool? in nil }
      }
      #expect(newer == nil)
    }
    #expect(first?.code == .aborted)
    #expect(first?.text.contains("newer connection") == true)
  }

  @Test(arguments: [true, false])
  func `frames and bytes without an answer are bounded`(byFrames: Bool) async throws {
    let fixture = try SessionFixture()
    let packets = try fixture.packets(4, coding(.rle, 3))
    var limits = ServerLimits.patient
    if byFrames {
      limits.unacknowledgedFrames = 2
    } else {
      limits.unacknowledgedBytes = packets[0].serialized().count + 1
    }
    // Nobody runs the tail, so no frame gets its answer.
    let problem = try await fixture.stream(
      to: fixture.tailServer(limits), delivery: .everyFrame
    ) { [limits] edge in
      try await edge.send(.hello(edge.hello))
      let welcome = try await edge.welcome()
      #expect(welcome.maxUnackedFrames == limits.unacknowledgedFrames)
      #expect(welcome.maxUnackedBytes == limits.unacknowledgedBytes)
      for packet in packets { try await edge.send(edge.frame(packet)) }
      _ = try await edge.next { _ -> Bool? in nil }
    }
    #expect(problem?.code == .resourceExhausted)
    #expect(problem?.text.contains("2 frames are without") == byFrames)
    #expect(problem?.text.contains("bytes are without") == !byFrames)
  }

  @Test func `frames faster than announced are refused, beyond a burst`() async throws {
    let fixture = try SessionFixture()
    let packets = try fixture.packets(40, coding(.rle, 3))
    var limits = ServerLimits.patient
    limits.leastFrameRate = 2
    limits.frameBurst = 3
    limits.unacknowledgedFrames = 100
    let server = try fixture.tailServer(limits)
    let problem = try await fixture.stream(
      to: server, frameRate: 2, runsTail: true
    ) { edge in
      try await edge.send(.hello(edge.hello))
      _ = try await edge.welcome()
      for packet in packets { try await edge.send(edge.frame(packet)) }
      // Twice what is announced, for three seconds at once.
      let refused = try await edge.next(refusal)
      #expect(refused.code == .tooFast)
      #expect(refused.sequence >= 12)
    }
    #expect(problem == nil)
  }

  @Test func `key frames are asked for at a bounded rate`() async throws {
    let fixture = try SessionFixture()
    let packets = try fixture.packets(2, coding(.rle, 3))
    var limits = ServerLimits.patient
    limits.keyRequestsPerSecond = 2
    limits.feedbackInterval = .seconds(30)
    let problem = try await fixture.stream(to: fixture.tailServer(limits)) { edge in
      try await edge.send(.hello(edge.hello))
      _ = try await edge.welcome()
      guard case .frame(var damaged) = edge.frame(packets[0]) else { return }
      damaged.packet[damaged.packet.startIndex + 20] ^= 1
      for _ in 0..<50 { try await edge.send(.frame(damaged)) }
      var (refusals, wishes) = (0, 0)
      while refusals < 50 {
        _ = try await edge.next { kind -> Bool? in
          if case .refusal = kind { refusals += 1 }
          if case .feedback(let feedback) = kind, feedback.keyWanted { wishes += 1 }
          return true
        }
      }
      #expect((1...3).contains(wishes))
    }
    #expect(problem == nil)
  }

  @Test func `boxes beyond the number are not promised`() async throws {
    let fixture = try SessionFixture()
    var limits = ServerLimits.patient
    limits.boxes = 299
    let problem = try await fixture.stream(to: fixture.tailServer(limits)) { edge in
      try await edge.send(.hello(edge.hello))
      _ = try await edge.welcome()
    }
    #expect(problem?.code == .invalidArgument)
    #expect(problem?.text.contains("299") == true)
  }

  @Test func `cameras share what there is, and are refused when that is too little`() async throws {
    let fixture = try SessionFixture()
    var limits = ServerLimits.patient
    limits.load = 0.5
    limits.leastGivenRate = 3
    // A tail of 0.1 s: five frames a second at half load.
    let server = try TailServer(
      fixture.server, workers: [fixture.server], limits: limits, usualCost: 0.1)
    let problem = try await fixture.stream(to: server, frameRate: 30) { edge in
      try await edge.send(.hello(edge.hello))
      let given = try await edge.welcome().maxFrameRate
      #expect(abs(given - 5) < 0.01)
      let second = try await fixture.stream(to: server, camera: "second", frameRate: 30) { other in
        try await other.send(.hello(other.hello))
        _ = try await other.welcome()
      }
      #expect(second?.code == .resourceExhausted)
      #expect(second?.text.contains("2.5 frames a second") == true, "\(String(describing: second))")
    }
    #expect(problem == nil)
  }

  @Test func `a server that stops tells its cameras, and waits no longer than it says`()
    async throws
  {
    let fixture = try SessionFixture()
    let packets = try fixture.packets(1, coding(.rle, 3))
    var limits = ServerLimits()
    limits.drain = .milliseconds(300)
    limits.reconnectSpread = .milliseconds(700)
    let server = try fixture.tailServer(limits)
    // Nobody runs the tail, so the frame that was accepted is never done.
    let problem = try await fixture.stream(to: server, delivery: .everyFrame) { edge in
      try await edge.send(.hello(edge.hello))
      _ = try await edge.welcome()
      try await edge.send(edge.frame(packets[0]))
      _ = try await edge.next { kind -> Bool? in
        if case .feedback(let feedback) = kind, feedback.restored == 1 { true } else { nil }
      }
      async let drained: Void = server.drain()
      let goodbye = try await edge.next { kind -> Goodbye? in
        if case .goodbye(let goodbye) = kind { goodbye } else { nil }
      }
      #expect(goodbye.reason == .shutdown)
      #expect(goodbye.reconnectAfterMs <= 700)
      #expect(!server.isReady)
      let late = try await fixture.stream(to: server, camera: "late") { other in
        try await other.send(.hello(other.hello))
        _ = try await other.welcome()
      }
      #expect(late?.code == .unavailable)
      await drained
    }
    #expect(problem?.code == .unavailable)
  }

  @Test func `a server that stops finishes what it has accepted`() async throws {
    let fixture = try SessionFixture()
    let packets = try fixture.packets(6, coding(.rle, 3))
    let server = try fixture.tailServer()
    let results = Atomic(0)
    let problem = try await fixture.stream(to: server, delivery: .everyFrame) { edge in
      try await edge.send(.hello(edge.hello))
      _ = try await edge.welcome()
      for packet in packets { try await edge.send(edge.frame(packet)) }
      _ = try await edge.next { kind -> Bool? in
        if case .feedback(let feedback) = kind, feedback.restored == 6 { true } else { nil }
      }
      // Only now does anyone run the tail.
      async let _ = server.run()
      async let drained: Void = server.drain()
      _ = try? await edge.next { kind -> Bool? in
        if case .result = kind { results.add(1, ordering: .relaxed) }
        return nil
      }
      await drained
    }
    #expect(problem == nil)
    #expect(results.load(ordering: .relaxed) == 6)
  }
}
