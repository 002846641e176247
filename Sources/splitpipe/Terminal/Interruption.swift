import Glibc
import SplitpipePipeline

/// Ctrl-C asks the pipeline to stop and finish its files; a second Ctrl-C ends the process.
enum Interruption {
  static let signal = StopSignal()

  /// Begins to listen.
  static func listen() {
    _ = signal
    for number in [SIGINT, SIGTERM] {
      Glibc.signal(number) { number in
        Interruption.signal.stop()
        Glibc.signal(number, SIG_DFL)
      }
    }
  }
}
