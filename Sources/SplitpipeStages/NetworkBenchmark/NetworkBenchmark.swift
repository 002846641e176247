package import SplitpipeCore
import SplitpipeDetection
import SplitpipeMedia
package import SplitpipePipeline
import SplitpipeSession

/// What `splitpipe bench network --json` prints; the keys are the command line's contract.
///
/// Every frame goes every way in turn, in one process, nothing overlapping; what each side takes and how many
/// bytes would cross is measured, and the time on the link follows from its rate and its round trip.
package struct NetworkBenchmark: Encodable, Sendable {
  /// One way over one link.
  package struct Row: Encodable, Sendable {
    /// `device`, `jpeg`, `h264` or `split`.
    package let way: String
    /// A quality, a rate factor, or a split with bits and codec.
    package let setting: String
    package let link: String
    /// Packets or coded pictures, without the framing of a transport.
    package let bytesPerFrame: Double
    /// What the slowest of device, link and server lets pass when all work at once.
    package let framesPerSecond: Double
    package let endToEndSeconds: Times
    /// Processor time of a frame, of all threads, on either side.
    package let edgeCPUSeconds: Double
    package let serverCPUSeconds: Double
    /// nil where the reference has no object.
    package let map50_95: Double?
    /// Which of the three is slowest: `device`, `link` or `server`; not part of what is printed.
    package let bottleneck: String

    private enum CodingKeys: String, CodingKey {
      case way, setting, link, bytesPerFrame, framesPerSecond, endToEndSeconds, edgeCPUSeconds
      case serverCPUSeconds, map50_95
    }
  }

  /// From a frame's capture to its boxes, no other frame in the way.
  package struct Times: Encodable, Sendable {
    package let median: Double
    package let p95: Double
  }

  package let input: String
  package let model: String
  package let frames: Int
  package let roundTripSeconds: Double
  /// `truth` or `unsplit`.
  package let reference: String
  package let rows: [Row]

  /// Measures all ways.
  ///
  /// - Parameters:
  ///   - request: what is compared.
  ///   - stop: ends it early; what was measured counts.
  ///   - note: takes sentences for the user before the first frame.
  ///   - progress: called for each frame.
  /// - Returns: a row for each way and link.
  /// - Throws: what reading input and model throw.
  package static func measure(
    _ request: NetworkBenchmarkRequest, stop: StopSignal, note: (String) -> Void,
    progress: (FrameStamp) -> Void
  ) throws -> NetworkBenchmark {
    let source = try openFrameSource(request.input)
    var contest = try NetworkContest(request, source.information, note: note)
    var frames = 0
    while !stop.isStopped, frames < request.frames ?? .max, let frame = try source.next() {
      try contest.measure(frame)
      frames += 1
      progress(frame.stamp)
    }
    guard frames > 0 else {
      throw SplitpipeError(
        .badData, "\(redacted(request.input)) has no frame to measure; give a video or pictures")
    }
    let rows = request.links.flatMap { link in
      contest.ways.map { $0.row(over: link, roundTrip: request.roundTrip) }
    }
    return NetworkBenchmark(
      input: redacted(request.input), model: request.model, frames: frames,
      roundTripSeconds: request.roundTrip,
      reference: request.truth == nil ? "unsplit" : "truth", rows: rows)
  }
}
