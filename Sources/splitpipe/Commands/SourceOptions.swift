import ArgumentParser
import SplitpipeMedia

/// Which frames of an input are read.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Begin at this time of the video: seconds, or hours:minutes:seconds.", valueName: "time"))
  var start: StartTime?

  @Option(
    help: ArgumentHelp(
      "Use one of so many frames; each keeps its number and its time.", valueName: "frames"))
  var every = 1

  func validate() throws {
    if every < 1 { throw ValidationError("--every is at least 1, not \(every)") }
  }

  var settings: SourceSettings { SourceSettings(start: start?.seconds ?? 0, every: every) }
}

/// A time since the start of a video: `90`, `1:30` or `00:01:30.5`.
struct StartTime: ExpressibleByArgument, Equatable {
  /// 0 or more.
  let seconds: Double

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count) else { return nil }
    var seconds = 0.0
    for (place, part) in parts.enumerated() {
      let isLast = place == parts.count - 1
      // Digits, and in the last part decimals: no sign, no exponent, no name of a number.
      guard part.allSatisfy({ $0.isASCII && $0.isNumber || isLast && $0 == "." }),
        let value = Double(part), parts.count == 1 || place == 0 || value < 60
      else { return nil }
      seconds = seconds * 60 + value
    }
    guard seconds < 1e9 else { return nil }
    self.seconds = seconds
  }
}
