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
  /// Seconds where stretches are yet to begin.
  private var starts: ArraySlice<Double> = []
  private let framesPerStretch: Int
  private var video: (any FrameSource)?
  private var framesRead = 0
  private var images: ArraySlice<Dataset.Image> = []

  private static let stretches = 3

  /// - Parameters:
  ///   - dataset: pictures or a video.
  ///   - count: frames that are wanted.
  /// - Throws: what opening a video throws.
  init(_ dataset: Dataset, count: Int) throws {
    switch dataset.pictures {
    case .images(let images):
      self.images = images[...]
      path = dataset.name
      framesPerSecond = nil
      framesPerStretch = 1
    case .video(let path):
      self.path = path
      let source = try openFrameSource(path)
      let information = source.information
      framesPerSecond = information.framesPerSecond
      video = source
      guard let rate = information.framesPerSecond, rate > 0,
        let total = information.frameCount, total >= Self.stretches * count,
        count >= 2 * Self.stretches, case .file? = try? FileKind(of: path)
      else {
        framesPerStretch = .max
        return
      }
      framesPerStretch = (count + Self.stretches - 1) / Self.stretches
      starts =
        (1..<Self.stretches).map { Double($0 * total / Self.stretches) / rate }[...]
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
      var settings = SourceSettings()
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
