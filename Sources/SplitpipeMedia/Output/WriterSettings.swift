/// How annotated frames are encoded.
package struct WriterSettings: Hashable, Sendable {
  /// x264's trade of time for bytes; a fast one, for the pictures are for looking at.
  package var preset: String
  /// Constant rate factor, 0…51, less is better; the quality of x264's own default is 23.
  package var quality: Int
  /// Threads of the encoder. One keeps the other cores for the network.
  package var encoderThreads: Int
  /// The rate of the source where known: how long the last frame is shown.
  package var framesPerSecond: Double?
  /// One of x264's tunings, such as `zerolatency`; nil for none.
  package var tune: String?

  /// How much wider than high a pixel is to be shown.
  package var pixelAspect = 1.0

  package init(
    preset: String = "veryfast", quality: Int = 23, encoderThreads: Int = 1,
    framesPerSecond: Double? = nil, tune: String? = nil
  ) {
    self.preset = preset
    self.quality = quality
    self.encoderThreads = encoderThreads
    self.framesPerSecond = framesPerSecond
    self.tune = tune
  }
}
