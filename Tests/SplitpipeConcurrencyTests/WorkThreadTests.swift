import Glibc
import SplitpipeTestSupport
import Testing

@testable import SplitpipeConcurrency

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct `A work thread` {
  private actor Resident {
    private let thread: WorkThread
    private(set) var threads: Set<pthread_t> = []

    init(_ thread: WorkThread) { self.thread = thread }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
      unsafe thread.asUnownedSerialExecutor()
    }

    func visit() {
      preconditionIsolated("an actor on a thread of its own is itself")
      threads.insert(pthread_self())
    }
  }

  /// The threads that a task with that preference is seen on.
  private func threads(of thread: WorkThread) async -> Set<pthread_t> {
    await withTaskExecutorPreference(thread) {
      await withTaskGroup(of: pthread_t.self) { group in
        for _ in 0..<20 {
          group.addTask {
            await Task.yield()
            return pthread_self()
          }
        }
        return await group.reduce(into: [pthread_self()]) { $0.insert($1) }
      }
    }
  }

  @Test func `runs a task, its children and an actor, all by itself`() async throws {
    let thread = try WorkThread()
    defer { thread.stop() }
    let ofTasks = await threads(of: thread)
    let resident = Resident(thread)
    for _ in 0..<20 { await resident.visit() }
    let ofActor = await resident.threads
    #expect(ofTasks.count == 1)
    #expect(ofActor == ofTasks)
    #expect(!ofTasks.contains(pthread_self()))
  }

  @Test func `lets a task that is on it call an actor that is on it`() async throws {
    let thread = try WorkThread()
    defer { thread.stop() }
    let resident = Resident(thread)
    await withTaskExecutorPreference(thread) {
      for _ in 0..<1000 { await resident.visit() }
    }
    #expect(await resident.threads.count == 1)
  }

  @Test func `does what it was given before it is stopped`() async throws {
    let thread = try WorkThread()
    let channel = BoundedChannel<Int>(capacity: 1)
    try await withThrowingTaskGroup(of: Int?.self) { group in
      group.addTask(executorPreference: thread) {
        let received = try await channel.receive()
        defer { thread.stop() }
        return received
      }
      try await wait { channel.waiting.receivers == 1 }
      try await channel.send(5)
      #expect(try await group.next() == 5)
    }
  }

  @Test func `ends when it is stopped`() async {
    // In a process of its own, where nothing else makes threads.
    await #expect(processExitsWith: .success) {
      func useThreads() async throws {
        for _ in 0..<200 {
          let thread = try WorkThread()
          defer { thread.stop() }
          let sum = await withTaskExecutorPreference(thread) { 1 + 1 }
          #expect(sum == 2)
        }
      }
      try await useThreads()
      let before = try ProcessCensus()
      try await useThreads()
      // The system takes a moment to clear a thread away.
      try await wait { try ProcessCensus().threads.count <= before.threads.count }
      #expect(try ProcessCensus().descriptors == before.descriptors)
    }
  }
}
