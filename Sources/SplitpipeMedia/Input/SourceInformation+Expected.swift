package import SplitpipeCore

extension SourceInformation {
  /// How many frames a source will give.
  ///
  /// - Parameters:
  ///   - settings: how it is read.
  ///   - limit: frames that are taken at most; nil takes all.
  /// - Returns: the number, at least 1; without one of its own, that of the limit.
  package func expectedFrames(_ settings: SourceSettings, limit: Int?) -> Int? {
    let known = frameCount.map { count in
      let passed = Int(settings.start * (framesPerSecond ?? 1))
      return max(1, (count - passed + settings.every - 1) / settings.every)
    }
    return known.map { min($0, limit ?? $0) } ?? limit
  }
}
