import SplitpipeCore
import SplitpipeFiles
import SplitpipeMedia
import SplitpipeModel
import SplitpipePipeline
import SplitpipeStages
import SplitpipeTraining

/// Pictures and frames that a bottleneck learns from, and those kept apart.
struct BottleneckPictures {
  let pool: PicturePool
  let heldOut: PicturePool
  /// Whether all of it is video.
  let isVideo: Bool
  /// Sentences for the user.
  let notes: [String]

  /// Pictures that a training needs at least.
  private static let fewest = 8
  /// The last of each of the data are kept apart.
  private static let heldOutShare = 0.1

  /// Reads all of the data.
  ///
  /// - Parameters:
  ///   - request: what the user gave.
  ///   - model: whose input they become.
  ///   - stop: ends it early.
  ///   - progress: called for each picture.
  /// - Throws: what reading throws, `usage` for an input that the model cannot have, `badData` for too few
  ///   pictures, `interrupted`.
  init(
    _ request: BottleneckRequest, _ model: Model, stop: StopSignal, progress: () -> Void
  ) throws {
    let sources = try request.data.map { try BottleneckSource($0, request, model) }
    isVideo = sources.allSatisfy(\.isVideo)
    var settings = request.input
    let size = try Self.size(of: sources, model, &settings, request)
    let preparation = try InputPreparation(for: model, settings)
    var pool = PicturePool(size: size)
    var heldOut = PicturePool(size: size)
    var notes: [String] = []
    for source in sources {
      var own = PicturePool(size: size)
      var left = 0
      let room = pool.capacity / sources.count
      try source.read { frame, follows in
        guard !stop.isStopped else {
          throw SplitpipeError(.interrupted, "stopped before anything was learnt")
        }
        guard own.count < room else {
          left += 1
          return
        }
        own.add(try preparation.preparer.prepare(frame).tensor, follows: follows)
        progress()
      }
      if left > 0 {
        notes.append(
          "\"\(redacted(source.path))\": \(left) pictures beyond the first \(own.count) do not fit into "
            + "\(PicturePool.byteLimit >> 20) MiB and are left out")
      }
      heldOut.add(own.splitOff(last: Self.heldOutShare))
      pool.add(own)
    }
    guard pool.count >= Self.fewest, heldOut.count > 0 else {
      throw SplitpipeError(
        .badData,
        "\(pool.count + heldOut.count) pictures are too few to learn from, expected at least "
          + "\(Self.fewest + 1); give more pictures, or a video")
    }
    self.pool = pool
    self.heldOut = heldOut
    self.notes = notes
  }

  /// The size of the network's input: what was asked for, else that of the first frame of a video, else the
  /// model's largest.
  private static func size(
    of sources: [BottleneckSource], _ model: Model, _ settings: inout InputSettings,
    _ request: BottleneckRequest
  ) throws -> PixelSize {
    var size = try InputPreparation(for: model, settings).geometry.largestInput
    if settings.size.map({ if case .exactly = $0 { false } else { true } }) ?? true,
      let video = sources.first, sources.allSatisfy(\.isVideo),
      let frame = try video.first()
    {
      size = try InputPreparation(for: model, settings).preparer.prepare(frame).letterbox.input
    }
    if case .rectangular = model.geometry.size { settings.size = .exactly(size) }
    return size
  }
}

/// One of the things that a user gave to learn from.
struct BottleneckSource {
  let path: String
  let isVideo: Bool
  private let pictures: Dataset.Pictures
  private let reading: SourceSettings
  private let limit: Int

  init(_ path: String, _ request: BottleneckRequest, _ model: Model) throws {
    self.path = path
    reading = request.reading
    limit = request.limit ?? .max
    // Labels, where there are some, are passed over.
    let dataset =
      model.detector != nil
      ? try Dataset.detection(DatasetRequest(path), classNames: model.classNames)
      : try Dataset.classes(
        DatasetRequest(path), classNames: model.classNames,
        classCount: EvaluatedModel.classCount(of: model, at: model.geometry.largestInput))
    pictures = dataset.pictures
    if case .video = pictures { isVideo = true } else { isVideo = false }
  }

  /// The first frame of a video.
  func first() throws -> Frame? {
    guard case .video(let path) = pictures else { return nil }
    return try openFrameSource(path, settings: reading).next()
  }

  /// Gives every picture, and whether it is the next frame of the video of the one before.
  func read(_ take: (Frame, Bool) throws -> Void) throws {
    switch pictures {
    case .images(let images):
      for image in images.prefix(limit) {
        do { try take(image.read(), false) } catch let error as SplitpipeError
          where [.missingInput, .badData].contains(error.kind)
        { continue }
      }
    case .video(let path):
      let source = try openFrameSource(path, settings: reading)
      var last: Int?
      var count = 0
      while count < limit, let frame = try source.next() {
        let number = frame.stamp.index
        try take(frame, last.map { number == $0 + reading.every } ?? false)
        last = number
        count += 1
      }
    }
  }
}
