import SplitpipeConcurrency
import SplitpipeTestSupport
import Testing

@Suite(.ownThread, .timeLimit(.minutes(1))) struct `A monitor` {
  @Test func `wakes whoever waits for what has come about`() async throws {
    let monitor = Monitor(0)
    async let three = monitor.when { $0 >= 3 ? $0 : nil }
    async let five = monitor.when { $0 >= 5 ? $0 : nil }
    try await wait { monitor.waiting == 2 }
    for _ in 0..<3 { monitor.change { $0 += 1 } }
    #expect(try await three == 3)
    try await wait { monitor.waiting == 1 }
    monitor.change { $0 += 2 }
    #expect(try await five == 5)
    #expect(monitor.waiting == 0)
  }

  @Test func `hands each thing to one of those who wait`() async throws {
    let monitor = Monitor<[Int]>([])
    let taken = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<20 {
        group.addTask { try await monitor.when { $0.isEmpty ? nil : $0.removeFirst() } }
      }
      for number in 0..<20 { monitor.change { $0.append(number) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(taken.sorted() == Array(0..<20))
    #expect(monitor.look(\.isEmpty))
  }

  @Test func `lets go of whoever is cancelled, and of whoever its condition throws at`()
    async throws
  {
    struct Refused: Error {}
    let monitor = Monitor(false)
    await #expect(throws: CancellationError.self) {
      try await withThrowingTaskGroup(of: Int.self) { group in
        group.addTask { try await monitor.when { $0 ? 1 : nil } }
        try await wait { monitor.waiting == 1 }
        group.cancelAll()
        _ = try await group.next()
      }
    }
    #expect(monitor.waiting == 0)
    await #expect(throws: Refused.self) {
      try await withThrowingTaskGroup(of: Int.self) { group in
        group.addTask { try await monitor.when { if $0 { throw Refused() } else { nil } } }
        try await wait { monitor.waiting == 1 }
        monitor.change { $0 = true }
        _ = try await group.next()
      }
    }
    #expect(monitor.waiting == 0)
  }
}
