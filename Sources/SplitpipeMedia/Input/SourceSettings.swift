/// How frames are read.
public struct SourceSettings: Hashable, Sendable {
  /// Threads that decode slices of one frame. One frame is decoded at a time whatever the number,
  /// so that a frame is out as soon as it is in: no delay of `threads` frames and their memory.
  public var decoderThreads: Int
  /// The most pixels a frame may have; a header that asks for more is bad data, not an allocation.
  public var maximumPixels: Int
  /// How long a stream from elsewhere may stay silent before it counts as gone, in seconds.
  public var networkTimeout: Double
  /// Whether frames that the decoder had to guess in part are delivered; if not, they are skipped
  /// and counted.
  public var keepsDamagedFrames: Bool
  /// Where reading begins, in seconds since the start; image n of several is shown at n seconds.
  public var start: Double
  /// Of so many frames one is given out, beginning with the first; the others are passed over. Frames
  /// keep the numbers they have in the whole.
  public var every: Int

  /// Joins the settings.
  public init(
    decoderThreads: Int = 1, maximumPixels: Int = 1 << 27, networkTimeout: Double = 15,
    keepsDamagedFrames: Bool = false, start: Double = 0, every: Int = 1
  ) {
    precondition(start >= 0 && every >= 1, "frames are read from 0 seconds on, one of one at least")
    self.decoderThreads = decoderThreads
    self.maximumPixels = maximumPixels
    self.networkTimeout = networkTimeout
    self.keepsDamagedFrames = keepsDamagedFrames
    self.start = start
    self.every = every
  }
}
