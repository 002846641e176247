/// What a sweep tells while it runs.
package enum SweepProgress: Sendable {
  /// So many pictures are to be looked at, then to be evaluated.
  case looking(total: Int)
  case evaluating(total: Int?)
  /// One more is done.
  case advanced
  case skipped(SkippedImage)
}
