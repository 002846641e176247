import Glibc
import SplitpipePipeline

/// Ctrl-C asks the pipeline to stop and finish its files; a second Ctrl-C ends the process.
enum Interruption {
  static let signal = StopSignal()

  /// Begins to listen.
  ///
  /// Whoever started the program may have had the signals blocked, which a program inherits.
  static func listen() {
    _ = signal
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { unsafe sigaddset(&signals, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in [SIGINT, SIGTERM] {
      Glibc.signal(number) { number in
        Interruption.signal.stop()
        Glibc.signal(number, SIG_DFL)
      }
    }
  }
}
