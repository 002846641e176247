import SplitpipeCodec
import SplitpipeCore
import SplitpipeFiles
package import SplitpipePipeline
import SplitpipeStages

/// A search for the cheapest setting that keeps an accuracy, as rounds of one sweep.
package final class TuneSession {
  package enum Progress {
    /// A round of so many settings begins.
    case round(Int, settings: Int)
    case sweep(EvaluationSession.Progress)
  }

  private let request: TuneRequest
  private let codec: CodecName
  private let sweep: EvaluationSession
  private let looksBack: Bool
  private let start = ContinuousClock.now
  /// The settings of each round so far.
  private var rounds: [[TuneCandidate]] = []

  /// Opens everything the search needs.
  ///
  /// - Throws: the first thing that stands in the way; `usage` for a classifier.
  package init(_ request: TuneRequest) throws {
    self.request = request
    codec = try CodecName.parse(request.codec)
    sweep = try EvaluationSession(request.evaluation)
    guard sweep.isDetection else {
      throw SplitpipeError(
        .usage,
        "the model \"\(request.model)\" is a classifier; tune keeps the mAP of detectors, and "
          + "splitpipe evaluate compares settings of classifiers")
    }
    let isVideo = if case .video = sweep.dataset.pictures { true } else { false }
    looksBack = isVideo && codec.isTemporal
  }

  /// Sentences for the user on the input.
  package var notes: [String] { sweep.dataset.notes }

  /// Tries settings until the search is over, and writes a summary after every round.
  ///
  /// - Parameters:
  ///   - stop: ends the search after the frames in work.
  ///   - progress: gets what happens.
  /// - Returns: all that was tried; the last round, if it was interrupted, left out.
  /// - Throws: what a sweep throws; `usage` where the unsplit model itself is below the floor;
  ///   `badData` where there is nothing to find in the input.
  package func run(stop: StopSignal, progress: (Progress) -> Void) async throws -> TuneSummary {
    var points: [TunePoint] = []
    var search = search(floor: 0)
    var last: TuneSummary?
    while true {
      let candidates = search.next(after: points)
      if candidates.isEmpty { break }
      rounds.append(candidates)
      progress(.round(rounds.count, settings: candidates.count))
      try sweep.choose(try units(rounds.flatMap { $0 }))
      let result = try await sweep.run(stop: stop, interim: { _ in }) {
        progress(.sweep($0))
      }
      if stop.isStopped {
        rounds.removeLast()
        break
      }
      let floor = try floor(result)
      search = self.search(floor: floor)
      points = try zip(rounds.flatMap { $0 }, result.rows).map { candidate, row in
        TunePoint(
          candidate: candidate, bytes: row.codedBytes, accuracy: try self.accuracy(row.accuracy))
      }
      let summary = summary(result, points, floor: floor, search, complete: false)
      last = summary
      try write(summary)
    }
    guard var summary = last else {
      throw SplitpipeError(
        .interrupted, "stopped in the first round of the search; \(resumeSentence)")
    }
    summary.complete = !stop.isStopped
    summary.seconds = (ContinuousClock.now - start) / .seconds(1)
    try write(summary)
    if summary.complete { sweep.journal.remove() }
    return summary
  }

  /// How to go on after an interruption.
  package var resumeSentence: String {
    request.summary == nil
      ? "give --summary to be able to go on with --resume"
      : "the same command with --resume goes on from there"
  }

  private func search(floor: Double) -> TuneSearch {
    TuneSearch(splitCount: request.splits.count, floor: floor, looksBack: looksBack)
  }

  private func units(_ candidates: [TuneCandidate]) throws -> [SweepUnit] {
    try [.unsplit]
      + candidates.map { candidate in
        guard let depth = BitDepth(candidate.bits) else {
          throw SplitpipeError(.bug, "a search tried \(candidate.bits) bits")
        }
        return SweepUnit(
          SweepUnit.Setting(
            split: candidate.split, depth: depth, quantizer: candidate.quantizer,
            codecs: [codec], keyInterval: request.keyInterval),
          of: request.splits[candidate.split], onlyNamed: false)
      }
  }

  private func accuracy(_ value: EvaluationSummary.Accuracy) throws -> Double {
    guard let found = request.metric == .map50 ? value.first : value.second else {
      let what =
        sweep.dataset.reference == "truth"
        ? "its labels have no object" : "the unsplit model finds no object of confidence 0.25"
      // Nothing in it is worth going on with.
      sweep.journal.remove()
      throw SplitpipeError(
        .badData,
        "there is no accuracy to keep on \"\(request.input)\": \(what); choose another "
          + "input or model\(request.frames == nil ? "" : ", or more --frames")")
    }
    return found
  }

  private func floor(_ result: EvaluationSummary) throws -> Double {
    let unsplit = try accuracy(result.unsplit)
    let floor = request.floor.value(of: unsplit)
    guard floor <= unsplit else {
      let reached = (unsplit * 1e4).rounded(.down) / 1e4
      throw SplitpipeError(
        .usage,
        "the unsplit model itself reaches \(request.metric.title) \(reached) on "
          + "\"\(request.input)\", less than the floor \(request.floor); give a lower --floor, or "
          + "a share such as 95%"
          + (request.summary == nil ? "" : ", with --resume to keep what was tried"))
    }
    return floor
  }

  private func write(_ summary: TuneSummary) throws {
    guard let path = request.summary else { return }
    try writeJSON(summary, to: path)
  }
}

extension TuneSession {
  private func summary(
    _ result: EvaluationSummary, _ points: [TunePoint], floor: Double, _ search: TuneSearch,
    complete: Bool
  ) -> TuneSummary {
    let round = rounds.enumerated().flatMap { index, settings in settings.map { _ in index + 1 } }
    let isOn = ParetoFront.contains(points.map { (bytes: $0.bytes, accuracy: $0.accuracy) })
    let tried = result.rows.indices.map { index in
      let row = result.rows[index]
      return TuneSummary.Point(
        round: round[index], split: row.split, bits: row.bits, codec: row.codec,
        quantizer: row.quantizer, bytesPerFrame: row.codedBytes,
        bitsPerCoefficient: row.bitsPerCoefficient, map50: row.accuracy.first,
        map50_95: row.accuracy.second, clampedFraction: row.clampedFraction,
        passes: points[index].accuracy >= floor, pareto: isOn[index])
    }
    let best = search.best(of: points).flatMap { best in
      points.firstIndex { $0.candidate == best.candidate }.map { tried[$0] }
    }
    return TuneSummary(
      input: request.input, model: request.model, precision: request.precision.rawValue,
      engine: result.engine, version: splitpipeVersion, codec: codec.rawValue,
      keyInterval: request.keyInterval, frames: result.images, reference: result.reference,
      metric: request.metric.rawValue, floor: request.floor.description, floorValue: floor,
      unsplit: result.unsplit, points: tried, best: best, command: best.map(command),
      complete: complete, notes: result.notes, skipped: result.skipped, seconds: 0)
  }

  private func command(_ best: TuneSummary.Point) -> String {
    var words = ["splitpipe", "run", request.input, "--model", request.model]
    words += ["--split", best.split, "--bits", "\(best.bits)", "--codec", best.codec]
    words += ["--quantizer", best.quantizer]
    if looksBack, request.keyInterval != KeySchedule.usualInterval {
      words += ["--key-interval", "\(request.keyInterval)"]
    }
    if request.precision != .auto { words += ["--precision", request.precision.rawValue] }
    if let truth = request.truth { words += ["--truth", truth] }
    return words.map(shellWord).joined(separator: " ")
  }
}
