import CFFmpeg
import SplitpipeCore

/// Where in a video reading begins, if not at its start.
///
/// Packets are cheap to read and dear to decode: those up to the place are counted, so that frames keep
/// the numbers they have in the whole, then the file is wound back to the key frame before it. What
/// cannot be wound back, such as a stream from elsewhere, is decoded from its start.
struct EntryPoint {
  /// Frames shown before this time, in ticks of the stream, are passed over.
  let ticks: Int64
  /// The number of the first frame shown at that time or after; nil where frames are counted as they
  /// are decoded.
  private(set) var number: Int?
  /// The time of that frame; nil like its number.
  private(set) var first: Int64?
  /// Packets before the place that nobody shall see.
  private(set) var hidden = 0

  var isCounted: Bool { number != nil }

  /// Finds the place; the next packet the demuxer gives is one from which it can be decoded.
  ///
  /// - Parameters:
  ///   - seconds: time since the start of the stream.
  ///   - demuxer: nothing has been read from it.
  ///   - input: what errors call it.
  /// - Throws: `usage` where the stream ends before, `badData` where it cannot be wound back after all.
  init(_ seconds: Double, in demuxer: borrowing Demuxer, input: String) throws {
    let origin = demuxer.firstTicks ?? 0
    // The first tick that is not before it, but for what a division may be off by.
    let span = (seconds / max(demuxer.secondsPerTick, 1e-12) - 1e-6).rounded(.up)
    guard span.isFinite, span >= 0, span < 1e18 else {
      throw SplitpipeError(.usage, "the start of \"\(input)\" is a time in seconds, not \(seconds)")
    }
    ticks = origin.addingReportingOverflow(Int64(span)).partialValue
    guard !demuxer.isRemote, demuxer.canSeek, demuxer.firstTicks != nil else { return }
    var count = 0
    var key: Int64?
    var last = origin
    let packet = try CodedPacket()
    while demuxer.read(into: packet) >= 0 {
      guard let shown = packet.ticks else { continue }
      let decoded = packet.decodingTicks ?? shown
      if packet.isHidden {
        if shown < ticks { hidden += 1 }
      } else if shown < ticks {
        count += 1
        last = max(last, shown)
      } else {
        first = min(first ?? shown, shown)
      }
      if packet.isKey, shown <= ticks || key == nil { key = decoded }
      // No frame is shown before it is decoded.
      if first != nil, decoded >= ticks { break }
    }
    guard first != nil else {
      throw SplitpipeError.startsAfterEnd(
        input, seconds, last: Double(last - origin) * demuxer.secondsPerTick)
    }
    if let key, demuxer.seek(to: key) {
      number = count
    } else {
      (first, hidden) = (nil, 0)
      guard demuxer.rewind() else {
        throw SplitpipeError.unreadable(input, "it cannot be wound back to \(seconds) s")
      }
    }
  }
}

extension SplitpipeError {
  static func startsAfterEnd(
    _ input: String, _ start: Double, last: Double?
  ) -> SplitpipeError {
    let found =
      last.map { ", whose last frame is shown at \(($0 * 1000).rounded() / 1000) s" } ?? ""
    return SplitpipeError(
      .usage,
      "the start, \(start) s, lies after the end of \"\(input)\"\(found); give an earlier one")
  }
}
