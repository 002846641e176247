import CFFmpeg
import SplitpipeCore

/// What ended a stream before its end.
struct Breakage {
  let status: Int32
  let isRemote: Bool
  let isOverdue: Bool
  let isCancelled: Bool
  /// Whether the first frame lies before the index that leads to it.
  let hasLateIndex: Bool

  init(_ status: Int32, of demuxer: borrowing Demuxer) {
    self.status = status
    isRemote = demuxer.isRemote
    isOverdue = demuxer.isOverdue
    isCancelled = Task.isCancelled
    hasLateIndex = demuxer.hasIndexBehind
  }
}

extension SplitpipeError {
  static func brokenOff(_ input: String, _ frames: Int, _ breakage: Breakage) -> SplitpipeError {
    if breakage.isCancelled { return SplitpipeError(.interrupted, "stopped reading \"\(input)\"") }
    if frames == 0, breakage.hasLateIndex { return lateIndex(input) }
    let reason =
      breakage.isOverdue && breakage.status == FFmpegLibrary.exit
      ? "nothing came in time" : FFmpegLibrary.text(breakage.status)
    let kind = breakage.isRemote ? Kind.unavailable : .badData
    guard frames > 0 else {
      return SplitpipeError(kind, "\"\(input)\" broke off before its first frame: \(reason)")
    }
    return SplitpipeError(
      kind,
      "\"\(input)\" broke off after \(frames) frame\(frames == 1 ? "" : "s"): \(reason); what came "
        + "before is valid")
  }

  /// An MP4 that would have to be read from its end.
  static func lateIndex(_ input: String) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "cannot read \"\(input)\": it is an MP4 whose index (moov) stands at its end, and comes "
        + "through a pipe or from a server that cannot go back; give the file itself, or move the index "
        + "to the front: ffmpeg -i IN.mp4 -c copy -movflags +faststart OUT.mp4")
  }
}
