import SplitpipeCore
import SplitpipeFiles
import SplitpipeMedia

/// Frames of a dataset in stretches, within which frames of a video follow each other.
///
/// The beginning of a video is often not like the rest of it, so that stretches lie evenly in its length where
/// that is known; pictures are stretches of one.
struct PlanReader {
  /// nil for pictures.
  let framesPerSecond: Double?
  /// The first frame of a stretch begins anew whatever looks back.
  private(set) var beginsStretch = true
  private let path: String
  private let reading: SourceSettings
  /// Seconds where stretches are yet to begin.
  private var starts: ArraySlice<Double> = []
  private let framesPerStretch: Int
  private var video: (any FrameSource)?
  private var framesRead = 0
  private var images: ArraySlice<Dataset.Image> = []

  /// - Parameters:
  ///   - dataset: pictures or a video.
  ///   - count: frames that are wanted.
  ///   - reading: where in a video frames begin, and how many of them count.
  ///   - stretches: of a video.
  /// - Throws: what opening a video throws.
  init(
    _ dataset: Dataset, count: Int, _ reading: SourceSettings, stretches: Int
  ) throws {
    self.reading = reading
    switch dataset.pictures {
    case .images(let images):
      self.images = images[...]
      path = dataset.name
      framesPerSecond = nil
      framesPerStretch = 1
    case .video(let path):
      self.path = path
      let source = try openFrameSource(path, settings: reading)
      let information = source.information
      framesPerSecond = information.framesPerSecond
      video = source
      guard let rate = information.framesPerSecond, rate > 0,
        let total = information.expectedFrames(reading, limit: nil), total >= 2 * count,
        count >= stretches, case .file? = try? FileKind(of: path)
      else {
        framesPerStretch = .max
        return
      }
      framesPerStretch = (count + stretches - 1) / stretches
      starts =
        (1..<stretches).map {
          reading.start + Double($0 * total / stretches * reading.every) / rate
        }[...]
    }
  }

  /// The next frame; nil at the end.
  ///
  /// - Throws: what reading throws.
  mutating func next() throws -> Frame? {
    beginsStretch = true
    guard let video else {
      while let image = images.popFirst() {
        do { return try image.read() } catch let error as SplitpipeError
          where error.kind == .missingInput
        { continue }
      }
      return nil
    }
    if framesRead == framesPerStretch {
      guard let start = starts.popFirst() else { return nil }
      var settings = reading
      settings.start = start
      self.video = try openFrameSource(path, settings: settings)
      framesRead = 0
      return try next()
    }
    beginsStretch = framesRead == 0
    framesRead += 1
    return try video.next()
  }
}
