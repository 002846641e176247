internal import Glibc
import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeFiles
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
package import SplitpipePipeline
import SplitpipeReport
import SplitpipeStages

/// A sweep whose inputs have been opened and checked and whose outputs can be written.
package final class EvaluationSession {
  package let request: EvaluationRequest
  package private(set) var dataset: Dataset
  let model: EvaluatedModel
  let units: [SweepUnit]
  let journal: SweepJournal
  /// The number of each unit in the state file, by place in `units`.
  let journalUnits: [Int]
  let plotLibrary: PlotLibrary?
  let scored: ScoredPictures
  private(set) var skipped: [SkippedImage] = []
  let clock = SweepClock()
  private let start = ContinuousClock.now

  /// Opens everything a sweep needs; the cheapest checks come first.
  ///
  /// - Parameter request: what the user asks.
  /// - Throws: the first thing that stands in the way.
  package init(_ request: EvaluationRequest) throws {
    self.request = request
    units = try SweepUnit.all(request)
    if request.resume, request.statePath == nil {
      throw SplitpipeError(
        .usage,
        "--resume goes on with the state that lies beside the summary: give the --summary (or "
          + "--report) of the interrupted sweep")
    }
    for path in [request.summary, request.report].compactMap({ $0 }) {
      try OutputFile(path).cancel()
    }
    plotLibrary = try request.report.map { _ in try PlotLibrary.installed() }
    model = try EvaluatedModel(request) { try OpenVINOEngine() }
    dataset =
      switch model.task {
      case .detection: try .detection(request, classNames: model.classNames)
      case .classification(let count):
        try .classes(request, classNames: model.classNames, classCount: count)
      }
    if case .images = dataset.pictures, !request.h264Factors.isEmpty {
      throw SplitpipeError(
        .usage, "H.264 is a baseline for videos; \"\(request.dataset)\" is a set of images")
    }
    journal = try SweepJournal(
      path: request.statePath,
      identity: [
        "dataset": dataset.name, "list of images": dataset.fingerprint, "model": request.model,
        "model file": model.fingerprints[0].description, "precision": request.precision.rawValue,
        "input": model.preparation, "protocol": "1",
      ], resume: request.resume)
    journalUnits = try units.map { [journal] in try journal.unit($0.key) }
    scored = ScoredPictures(truth: dataset.truth)
  }

  /// What a sweep tells while it runs.
  package enum Progress: Sendable {
    /// So many pictures are to be looked at, then to be evaluated.
    case looking(total: Int)
    case evaluating(total: Int?)
    /// One more is done.
    case advanced
    case skipped(SkippedImage)
  }

  /// Evaluates every picture that has results missing, and writes the summary now and then.
  ///
  /// - Parameters:
  ///   - stop: ends the sweep after the picture in work.
  ///   - progress: gets what happens.
  /// - Returns: the summary over the pictures done, complete unless the sweep was stopped.
  /// - Throws: what the network throws, `cannotWrite` where results cannot be kept, `badData` where
  ///   no picture could be used.
  package func run(
    stop: StopSignal, progress: (Progress) -> Void
  ) throws -> EvaluationSummary {
    let skip = { [self] (image: SkippedImage) in
      skipped.append(image)
      progress(.skipped(image))
    }
    let board = scored
    switch dataset.pictures {
    case .images(let images):
      let chosen = request.limit.map { Array(images.prefix($0)) } ?? images
      try evaluate(chosen, board: board, stop: stop, progress: progress, skip: skip)
    case .video(let path):
      try evaluate(video: path, board: board, stop: stop, progress: progress)
    }
    let summary = try summary(of: board, complete: !stop.isStopped)
    guard summary.images > 0 || stop.isStopped else {
      throw SplitpipeError(
        .badData,
        "no picture of \"\(dataset.name)\" could be used; the first: "
          + (skipped.first.map { "\"\($0.file)\": \($0.reason)" } ?? "the labels cover none"))
    }
    return summary
  }

  /// Writes the summary and the report, and gives up the state of a finished sweep.
  ///
  /// - Parameters:
  ///   - summary: the sweep's numbers.
  ///   - command: what was typed, for the report.
  /// - Throws: `cannotWrite`.
  package func finish(_ summary: EvaluationSummary, command: String) throws {
    try write(summary)
    if summary.images > 0 { try writeReport(summary, command: command) }
    if summary.complete { journal.remove() }
  }

  private func write(_ summary: EvaluationSummary) throws {
    guard let path = request.summary else { return }
    let file = try OutputFile(path)
    try file.append(json(summary) + "\n")
    try file.finish()
  }

  private func evaluate(
    _ images: [Dataset.Image], board: ScoredPictures, stop: StopSignal,
    progress: (Progress) -> Void, skip: (SkippedImage) -> Void
  ) throws {
    progress(.looking(total: images.count))
    var known: [(image: Dataset.Image, input: PixelSize)] = []
    for image in images {
      if stop.isStopped { return }
      defer { progress(.advanced) }
      guard let frame = read(image, skip: skip) else { continue }
      let size = PixelSize(width: frame.picture.width, height: frame.picture.height)
      guard try board.covers(image.number, fileName: frame.fileName, size: size) else {
        skip(SkippedImage(file: image.path, reason: "the labels do not list it"))
        continue
      }
      known.append((image, Letterbox(frame: size, geometry: model.model.geometry).input))
    }
    // One input size after another: each is compiled once.
    known.sort {
      ($0.input.width, $0.input.height, $0.image.number)
        < ($1.input.width, $1.input.height, $1.image.number)
    }
    board.total = known.count
    for entry in known where isComplete(entry.image.number) { board.add(entry.image.number) }
    let left = known.filter { !isComplete($0.image.number) }
    progress(.evaluating(total: left.count))
    var runner = try SweepRunner(
      model: model, units: units, onlyNamed: request.onlyNamed, framesPerSecond: nil, clock: clock)
    var interim = InterimSummaries()
    for entry in left {
      if stop.isStopped { return }
      defer { progress(.advanced) }
      let number = entry.image.number
      guard let frame = read(entry.image, skip: skip) else { continue }
      let results = try runner.run(frame, label: entry.image.classIndex) { isMissing($0, number) }
      try journal.append(image: number, results.map { (journalUnits[$0.unit], $0.result) })
      board.add(number)
      try interim.writeIfDue { try write(summary(of: board, complete: false)) }
    }
  }

  private func evaluate(
    video path: String, board: ScoredPictures, stop: StopSignal, progress: (Progress) -> Void
  ) throws {
    let source = try openFrameSource(path)
    let known = source.information.frameCount
    board.total = known.map { min($0, request.limit ?? $0) } ?? request.limit
    progress(.evaluating(total: board.total))
    var runner = try SweepRunner(
      model: model, units: units, onlyNamed: request.onlyNamed,
      framesPerSecond: source.information.framesPerSecond, clock: clock)
    var interim = InterimSummaries()
    var count = 0
    while !stop.isStopped, count < request.limit ?? .max, let frame = try source.next() {
      count += 1
      let number = frame.stamp.index
      let size = PixelSize(width: frame.picture.width, height: frame.picture.height)
      let isCovered = try board.covers(number, fileName: nil, size: size)
      let results = try runner.run(frame, label: nil) { isCovered && isMissing($0, number) }
      try journal.append(image: number, results.map { (journalUnits[$0.unit], $0.result) })
      if isCovered { board.add(number) }
      progress(.advanced)
      try interim.writeIfDue { try write(summary(of: board, complete: false)) }
    }
    if !stop.isStopped { board.total = board.numbers.count }
    if source.skipped > 0 {
      dataset.notes.append("\"\(path)\": \(source.skipped) damaged frames are left out")
    }
  }

  private func read(_ image: Dataset.Image, skip: (SkippedImage) -> Void) -> Frame? {
    do {
      return try clock.time("read") { try readImage(path: image.path, number: image.number) }
    } catch {
      let sentence = (error as? SplitpipeError)?.message ?? "\(error)"
      skip(SkippedImage(file: image.path, reason: sentence))
      return nil
    }
  }

  private func isMissing(_ unit: Int, _ image: Int) -> Bool {
    !journal.has(unit: journalUnits[unit], image: image)
  }

  private func isComplete(_ image: Int) -> Bool {
    units.indices.allSatisfy { !isMissing($0, image) }
  }

  var elapsedSeconds: Double { (ContinuousClock.now - start).inSeconds }
}

/// The pictures that every unit has an answer for, and what is to be found in them.
final class ScoredPictures {
  private let truth: Truth?
  private var fileNames: [Int: String] = [:]
  private(set) var numbers: [Int] = []
  /// Pictures that can be scored; nil where the end is not known.
  var total: Int?

  init(truth: Truth?) { self.truth = truth }

  /// Whether the labels cover a picture.
  ///
  /// - Throws: `badData` where they are for one of another size.
  func covers(_ number: Int, fileName: String?, size: PixelSize) throws -> Bool {
    fileNames[number] = fileName
    guard let truth else { return true }
    return try truth.objects(forFrame: number, fileName: fileName, size: size) != nil
  }

  func add(_ number: Int) { numbers.append(number) }

  func fileName(_ number: Int) -> String? { fileNames[number] }

  func objects(_ number: Int, size: PixelSize) throws -> [TruthObject] {
    try truth?.objects(forFrame: number, fileName: fileNames[number], size: size) ?? []
  }
}

/// When a summary of the pictures so far is worth the time that it takes: each waits twenty times
/// as long as the one before took, and ten seconds at least.
struct InterimSummaries {
  private var next = ContinuousClock.now + .seconds(10)

  mutating func writeIfDue(_ write: () throws -> Void) throws {
    let begin = ContinuousClock.now
    guard begin >= next else { return }
    try write()
    let end = ContinuousClock.now
    next = end + max(.seconds(10), (end - begin) * 20)
  }
}
