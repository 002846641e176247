import SplitpipeCore

/// Which image of a COCO file, or which label file, is for which frame of a video.
///
/// Programs count frames from 0 (splitpipe, CVAT) or from 1 (FFmpeg, Ultralytics), in file names or in
/// ids that may say something else. Names decide where every one of them ends in a number of its own,
/// else ids do. What the first frame is called is taken from whatever proves it; where nothing does and
/// neither is likely, the labels are refused: one frame off is a number that looks right.
struct FrameNumbering: Sendable {
  /// What is labelled.
  struct Item: Sendable {
    /// The id in a COCO file.
    var id: Int?
    /// The name of the image or the label file, folders included.
    var name: String?
  }

  /// The item of each frame from 0.
  private(set) var items: [Int: Int] = [:]
  /// Sentences for the user.
  private(set) var notes: [String] = []
  private let labels: String

  /// Frames that are labelled, in order.
  var frames: [Int] { items.keys.sorted() }

  /// - Parameters:
  ///   - all: what is labelled.
  ///   - video: the video, where it is known.
  ///   - first: what the user says the first frame is called, 0 or 1.
  ///   - labels: what errors call the labels.
  /// - Throws: `badData` where frames have no numbers, or nothing tells what the first one is called,
  ///   or all lie beyond the end; `usage` where `first` contradicts the labels.
  init(
    _ all: [Item], video: TruthOptions.Video?, first: Int?, labels: String
  ) throws(SplitpipeError) {
    self.labels = labels
    let chosen = Self.ofVideo(all, video)
    if chosen.count < all.count {
      notes.append(
        "\"\(labels)\": of its \(all.count) images or files the \(chosen.count) named after "
          + "\"\(video?.name ?? "")\" are used")
    }
    let labelled = chosen.map { all[$0] }
    let names = labelled.map { $0.name.map { NumberedName($0) } }
    let numbers: [Int]
    let areNames: Bool
    if let found = Self.distinct(names.map { $0?.number }) {
      (numbers, areNames) = (found, true)
    } else if let found = Self.distinct(labelled.map(\.id)) {
      (numbers, areNames) = (found, false)
    } else {
      throw .noFrameNumbers(labels, labelled, names)
    }
    let evidence = FirstFrame(
      numbers: numbers, ids: areNames ? labelled.map(\.id) : [], names: areNames ? names : [],
      video: video)
    let start: Int
    if let first {
      guard first <= (numbers.min() ?? first) else {
        throw SplitpipeError(
          .usage,
          "--truth-start \(first) says that the first frame is called \(first), but \"\(labels)\" "
            + "has a frame 0; leave it out")
      }
      start = first
    } else {
      switch evidence.conclusion {
      case .zero: start = 0
      case .one(let reason):
        start = 1
        notes.append(
          "\"\(labels)\": its frame 1 is taken for the first of the video, since \(reason); "
            + "--truth-start 0 says otherwise")
      case .probablyZero(let reason):
        start = 0
        notes.append(
          "\"\(labels)\": its frames are taken to be numbered from 0, \(reason); --truth-start 1 says "
            + "otherwise")
      case .unknown(let reason):
        throw SplitpipeError(
          .badData,
          "cannot tell which frames the labels \"\(labels)\" are for: \(reason); say what the first "
            + "frame is called with --truth-start 0 (as CVAT counts) or --truth-start 1 (as FFmpeg and "
            + "Ultralytics count)")
      }
    }
    for (number, index) in zip(numbers, chosen) { items[number - start] = index }
    try lookBeyondTheEnd(video)
  }

  /// Compares with the number of frames that the video says it has.
  private mutating func lookBeyondTheEnd(_ video: TruthOptions.Video?) throws(SplitpipeError) {
    guard let video, let count = video.frameCount, count > 0 else { return }
    let beyond = frames.filter { $0 >= count }
    guard let first = beyond.first else { return }
    guard beyond.count < items.count else {
      throw SplitpipeError(
        .badData,
        "cannot use the labels \"\(labels)\": the first frame they are for is number \(first) from 0, "
          + "but \"\(video.name)\" has \(count) frames; give the labels of this video")
    }
    notes.append(
      "\"\(labels)\": \(beyond.count) of its \(items.count) labelled frames lie beyond the \(count) "
        + "frames that \"\(video.name)\" says it has, from number \(first) on")
  }

  /// Places of the items that are named after the video, by a folder or the start of the name; all
  /// where none is, or nothing is known.
  private static func ofVideo(_ items: [Item], _ video: TruthOptions.Video?) -> [Int] {
    guard let video else { return Array(items.indices) }
    let stem = ImageName.stem(video.name)
    let own = items.indices.filter { index in
      guard let name = items[index].name else { return false }
      let parts = NumberedName(name)
      return parts.number != nil
        && (parts.prefix == stem || ImageName.folders(name).contains(stem))
    }
    return own.isEmpty ? Array(items.indices) : own
  }

  /// The numbers where all are there and no two are the same.
  private static func distinct(_ numbers: [Int?]) -> [Int]? {
    let found = numbers.compactMap { $0 }
    guard found.count == numbers.count, found.allSatisfy({ $0 >= 0 }),
      Set(found).count == found.count
    else { return nil }
    return found
  }
}

extension SplitpipeError {
  fileprivate static func noFrameNumbers(
    _ labels: String, _ items: [FrameNumbering.Item], _ names: [NumberedName?]
  ) -> SplitpipeError {
    let advice =
      "name them by frame numbers, as in 12.txt or frame_000012.txt, or give a COCO instances.json "
      + "with frame numbers as ids"
    if let index = names.firstIndex(where: { $0 != nil && $0?.number == nil }) {
      return SplitpipeError(
        .badData,
        "cannot use the labels \"\(labels)\" for a video: \"\(items[index].name ?? "")\" does not end "
          + "in a frame number; \(advice)")
    }
    var seen: Set<Int> = []
    let twice = names.compactMap { $0?.number }.first { !seen.insert($0).inserted }
    return SplitpipeError(
      .badData,
      "cannot use the labels \"\(labels)\" for a video: "
        + (twice.map { "two of its names end in the frame number \($0)" }
          ?? "neither names nor ids are frame numbers") + "; \(advice)")
  }
}
