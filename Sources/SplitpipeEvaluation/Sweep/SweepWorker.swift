import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeMedia
import SplitpipePipeline

/// Evaluates one picture at a time, with networks and a thread of its own.
actor SweepWorker {
  /// What came of one picture.
  struct Evaluated: Sendable {
    let image: Dataset.Image
    /// By unit; the reason where the picture could not be read.
    let results: Result<[(unit: Int, result: UnitResult)], SkippedImage>
    /// What the parts of the work took.
    let seconds: [String: Double]
  }

  /// What a first look at a picture tells.
  struct Look: Sendable {
    let image: Dataset.Image
    let size: Result<(picture: PixelSize, fileName: String?), SkippedImage>
    let seconds: [String: Double]
  }

  nonisolated let thread: WorkThread
  private var runner: SweepRunner
  private let clock: SweepClock
  private let model: EvaluatedModel
  private let onlyNamed: Bool

  /// - Parameters:
  ///   - model: the model, whose compiled parts no other worker uses.
  ///   - units: what to run.
  ///   - onlyNamed: whether only the tensor that the split names is quantized and counted.
  /// - Throws: `usage` for a quality out of range, `unavailable` if there is no thread left.
  init(model: EvaluatedModel, units: [SweepUnit], onlyNamed: Bool) throws {
    let clock = SweepClock()
    self.clock = clock
    self.model = model
    self.onlyNamed = onlyNamed
    thread = try WorkThread()
    runner = try SweepRunner(
      model: model, units: units, onlyNamed: onlyNamed, video: nil, clock: clock)
  }

  deinit { thread.stop() }

  /// Runs other units from now on.
  ///
  /// - Throws: `usage` for a quality out of range.
  func take(_ units: [SweepUnit]) throws {
    runner = try SweepRunner(
      model: model, units: units, onlyNamed: onlyNamed, video: nil, clock: clock)
  }

  /// Decodes a picture to learn its size, and whether it can be decoded at all.
  func look(at image: Dataset.Image) -> Look {
    let size = read(image).map { frame in
      (PixelSize(width: frame.picture.width, height: frame.picture.height), frame.fileName)
    }
    return Look(
      image: image, size: size.map { (picture: $0.0, fileName: $0.1) }, seconds: clock.take())
  }

  /// Runs those units on a picture whose results are missing.
  ///
  /// - Throws: what the network, the codec and the coders throw.
  func evaluate(_ image: Dataset.Image, missing: Set<Int>) throws -> Evaluated {
    let results = try read(image).mapResults { frame in
      try runner.run(frame, label: image.classIndex) { missing.contains($0) }
    }
    return Evaluated(image: image, results: results, seconds: clock.take())
  }

  private func read(_ image: Dataset.Image) -> Result<Frame, SkippedImage> {
    do {
      return .success(
        try clock.time("read") { try image.read() })
    } catch {
      let sentence = (error as? SplitpipeError)?.message ?? "\(error)"
      return .failure(SkippedImage(file: image.path, reason: sentence))
    }
  }
}

extension Result where Failure == SkippedImage {
  /// Like `map`, for work that may throw.
  fileprivate func mapResults<New>(_ work: (Success) throws -> New) rethrows -> Result<New, Failure>
  {
    switch self {
    case .success(let value): .success(try work(value))
    case .failure(let skipped): .failure(skipped)
    }
  }
}
