import Glibc
import SplitpipePipeline

/// Ctrl-C asks the pipeline to stop and finish its files; a second Ctrl-C ends the process.
enum Interruption {
  static let signal = StopSignal()

  /// Begins to listen.
  static func listen() {
    _ = signal
    // A parent that blocks signals hands that on.
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGINT)
    unsafe sigaddset(&set, SIGTERM)
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    for number in [SIGINT, SIGTERM] {
      Glibc.signal(number) { number in
        Interruption.signal.stop()
        Glibc.signal(number, SIG_DFL)
      }
    }
  }
}
