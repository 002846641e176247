internal import Glibc
import SplitpipeCore
internal import Synchronization

/// A thread of its own for one stage or worker, so that its blocking calls (decoding, inference, writing)
/// never hold up the shared pool.
///
/// The thread ends when `stop` is called and its queue is empty.
package final class StageThread: TaskExecutor {
  private let queue: JobQueue

  package init() {
    queue = JobQueue()
    queue.start()
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    unsafe queue.append(UnownedJob(job), on: asUnownedTaskExecutor())
  }

  package func stop() { queue.stop() }
}

/// Jobs waiting for the thread, under a condition variable.
///
/// `@unchecked Sendable`: `jobs` and `isStopping` are touched only with `mutex` held, and the
/// pthread objects live at a fixed address from `init` to `deinit`.
@safe
private final class JobQueue: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [(UnownedJob, UnownedTaskExecutor)] = unsafe []
  private var isStopping = false

  init() {
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Starts the thread, which keeps this queue alive until it ends.
  func start() {
    var thread = pthread_t()
    let argument = unsafe Unmanaged.passRetained(self).toOpaque()
    let status = unsafe pthread_create(&thread, nil, runJobQueue, argument)
    precondition(status == 0, "the system gives this process one more thread")
    pthread_detach(thread)
  }

  func append(_ job: UnownedJob, on executor: UnownedTaskExecutor) {
    unsafe pthread_mutex_lock(mutex)
    unsafe jobs.append((job, executor))
    unsafe pthread_cond_signal(condition)
    unsafe pthread_mutex_unlock(mutex)
  }

  func stop() {
    unsafe pthread_mutex_lock(mutex)
    isStopping = true
    unsafe pthread_cond_signal(condition)
    unsafe pthread_mutex_unlock(mutex)
  }

  fileprivate func run() {
    while true {
      unsafe pthread_mutex_lock(mutex)
      while unsafe jobs.isEmpty && !isStopping { unsafe pthread_cond_wait(condition, mutex) }
      guard unsafe !jobs.isEmpty else {
        unsafe pthread_mutex_unlock(mutex)
        return
      }
      let (job, executor) = unsafe jobs.removeFirst()
      unsafe pthread_mutex_unlock(mutex)
      unsafe job.runSynchronously(on: executor)
    }
  }
}

private func runJobQueue(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument = unsafe argument {
    unsafe Unmanaged<JobQueue>.fromOpaque(argument).takeRetainedValue().run()
  }
  return nil
}
