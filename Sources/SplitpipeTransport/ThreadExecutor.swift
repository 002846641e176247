import Glibc
import SplitpipeCore
import Synchronization

/// Runs an actor on a thread of its own, so that calls that block hold up nobody else.
///
/// The thread keeps the executor alive until `stop()`.
final class ThreadExecutor: SerialExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var stopped = false
  }

  private let state = Mutex(State())
  private let wake: WakeSignal

  /// - Throws: unavailable if the system has no thread or descriptor left.
  init() throws(SplitpipeError) {
    wake = try WakeSignal()
    var thread = pthread_t()
    let retained = unsafe Unmanaged.passRetained(self)
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<ThreadExecutor>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, retained.toOpaque())
    guard code == 0 else {
      unsafe retained.release()
      throw .system("start a thread", code)
    }
    pthread_detach(thread)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
    wake.raise()
  }

  /// Ends the thread once the jobs given so far have run.
  func stop() {
    state.withLock { $0.stopped = true }
    wake.raise()
  }

  private func run() {
    while true {
      wake.take()
      while let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) {
        unsafe job.runSynchronously(on: asUnownedSerialExecutor())
      }
      if state.withLock({ $0.stopped && $0.jobs.isEmpty }) { return }
    }
  }
}
