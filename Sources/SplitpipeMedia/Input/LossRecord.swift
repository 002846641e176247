/// What of a stream never reached the decoder, as the reader of its container tells it.
struct LossRecord {
  /// What FFmpeg says where a part of the stream is not there: readers of HLS and DASH of a segment,
  /// that of Matroska of the end of the file.
  private static let partMissing = [
    "Failed to open segment", "failed too many times, skipping", "expired from playlists",
    "Failed to open fragment", "ended prematurely",
  ]
  /// The same of single packets.
  private static let packetMissing = ["Packet corrupt", "RTP: missed"]
  private static let mostSentences = 5
  /// Frames after a word of a loss among which it shows: as many as a decoder holds back, and more.
  private static let mostWatched = 64
  /// More is no loss but another time.
  private static let mostFrames = 1_000_000

  /// FFmpeg's words, each once.
  private(set) var sentences: [String] = []
  /// Whether a part is missing, so that the stream as a whole is shorter than it says.
  private(set) var lacksPart = false
  private var watched = 0

  /// Whether a gap in the times of the next frames is a loss, and not a slow video.
  var isPending: Bool { watched > 0 }

  /// Takes what FFmpeg said.
  mutating func hear(_ lines: [String]) {
    for line in lines {
      let isPart = Self.partMissing.contains(where: line.contains)
      guard isPart || Self.packetMissing.contains(where: line.contains) else { continue }
      lacksPart = lacksPart || isPart
      watched = Self.mostWatched
      let sentence = line.split(whereSeparator: \.isNewline).first.map(String.init) ?? line
      // Packets are told one by one, with their times.
      let isNew =
        isPart ? !sentences.contains(sentence) : !sentences.contains { $0.hasPrefix("Packet") }
      if isNew, sentences.count < Self.mostSentences { sentences.append(sentence) }
    }
  }

  /// Frames missing between two that are shown one after the other.
  mutating func gap(from before: Int64, to now: Int64, step: Int64) -> Int {
    watched -= 1
    return max(0, Self.frames(from: before, to: now, step: step) - 1)
  }

  /// Frames from one time to a later one; 0 where it is not later.
  static func frames(from before: Int64, to now: Int64, step: Int64) -> Int {
    let (ticks, isTooFar) = now.subtractingReportingOverflow(before)
    guard !isTooFar, ticks > 0 else { return 0 }
    let frames = Int((Double(ticks) / Double(max(1, step))).rounded())
    return frames > mostFrames ? 0 : frames
  }

  /// What the user should know; nil where nothing was lost.
  func note(_ input: String) -> String? {
    guard !sentences.isEmpty else { return nil }
    return "\"\(input)\" is not whole: \(sentences.joined(separator: "; ")); the frames that are "
      + "missing count as skipped"
  }
}
