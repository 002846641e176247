internal import Glibc
package import SplitpipeCore
internal import Synchronization

/// A thread of its own for a task or an actor, so that calls which block (decoding, inference,
/// sockets) never hold up the shared pool.
///
/// The thread keeps this object alive until `stop` has been called and no job is left.
package final class WorkThread: TaskExecutor, SerialExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var isStopping = false
    var hasEnded = false
  }

  private let state = Mutex(State())
  private let wake: Semaphore

  /// Starts the thread.
  ///
  /// - Throws: unavailable if the system has no thread left.
  package init() throws(SplitpipeError) {
    wake = Semaphore()
    var thread = pthread_t()
    let retained = unsafe Unmanaged.passRetained(self)
    let code = unsafe pthread_create(&thread, nil, runWorkThread, retained.toOpaque())
    guard code == 0 else {
      unsafe retained.release()
      throw .system("start a thread", code)
    }
    pthread_detach(thread)
  }

  /// Gives the thread a job.
  ///
  /// - Precondition: the thread has not ended.
  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { state in
      precondition(!state.hasEnded, "a thread that has been stopped is given no more jobs")
      state.jobs.append(job)
    }
    wake.signal()
  }

  /// Ends the thread once it has no job left.
  package func stop() {
    state.withLock { $0.isStopping = true }
    wake.signal()
  }

  fileprivate func run() {
    while let jobs = takeJobs() {
      for job in jobs {
        unsafe job.runSynchronously(
          isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
      }
      if jobs.isEmpty { wake.wait() }
    }
  }

  /// The jobs that wait; nil once the thread may end.
  private func takeJobs() -> [UnownedJob]? {
    state.withLock { state in
      guard state.jobs.isEmpty else {
        defer { state.jobs = [] }
        return state.jobs
      }
      state.hasEnded = state.isStopping
      return state.isStopping ? nil : []
    }
  }
}

private func runWorkThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument = unsafe argument else { return nil }
  unsafe Unmanaged<WorkThread>.fromOpaque(argument).takeRetainedValue().run()
  return nil
}

/// Counts signals that one thread waits for.
///
/// `@unchecked Sendable`: the system's semaphore is made to be used by several threads, and lies at
/// a fixed address from `init` to `deinit`.
@safe
private final class Semaphore: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { unsafe sem_init(semaphore, 0, 0) }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func signal() { unsafe sem_post(semaphore) }

  func wait() {
    while unsafe sem_wait(semaphore) != 0, errno == EINTR {}
  }
}
