import SplitpipeCodec
package import SplitpipeCore
import SplitpipeFiles
package import SplitpipePipeline

/// A search for the cheapest setting that keeps an accuracy, as rounds of one sweep.
package struct TuneSession {
  /// What a search tells while it runs.
  package enum Progress: Sendable {
    /// A round of so many settings begins.
    case round(Int, settings: Int)
    case sweep(SweepProgress)
  }

  /// With the splits that the model chose where none were asked for.
  private let request: TuneRequest
  private let codec: CodecName
  private let sweep: Sweep
  private let looksBack: Bool
  private let start: ContinuousClock.Instant

  /// Opens everything the search needs.
  ///
  /// - Parameter asked: what the user asks.
  /// - Throws: the first thing that stands in the way; `usage` for a classifier.
  package init(_ asked: TuneRequest) throws {
    var request = asked
    start = .now
    codec = try CodecName.parse(request.codec)
    sweep = try Sweep(SweepPlan(request.evaluation), since: start)
    request.splits = sweep.plan.request.splits
    self.request = request
    guard sweep.plan.model.isDetection else {
      throw SplitpipeError(
        .usage,
        "the model \"\(request.model)\" is a classifier; tune keeps the mAP of detectors, and "
          + "splitpipe evaluate compares settings of classifiers")
    }
    let isVideo = if case .video = sweep.plan.dataset.pictures { true } else { false }
    looksBack = isVideo && codec.isTemporal
  }

  /// Sentences for the user on the input.
  package var notes: [String] { sweep.state.notes }

  /// What ended the input before its end, once the search is over; nil where it came to its end.
  package var breakage: SplitpipeError? { sweep.state.breakage }

  /// Tries settings until the search is over, and writes a summary after every round.
  ///
  /// - Parameters:
  ///   - stop: ends the search after the frames in work.
  ///   - progress: gets what happens.
  /// - Returns: all that was tried; the last round, if it was interrupted, left out.
  /// - Throws: what a sweep throws; `usage` where the unsplit model itself is below the floor;
  ///   `badData` where there is nothing to find in the input.
  package func run(stop: StopSignal, progress: (Progress) -> Void) async throws -> TuneSummary {
    var trials = TuneTrials()
    var search = search(floor: 0)
    var last: TuneSummary?
    while true {
      let round = search.next(after: trials.points)
      if round.isEmpty { break }
      let candidates = trials.candidates + round
      progress(.round(trials.rounds.count + 1, settings: round.count))
      let result = try await sweep.run(try units(candidates), stop: stop) { _ in
      } progress: {
        progress(.sweep($0))
      }
      if stop.isStopped { break }
      search = self.search(floor: try floor(result))
      trials.add(
        round,
        points: try zip(candidates, result.rows).map { candidate, row in
          TunePoint(
            candidate: candidate, bytes: row.codedBytes, accuracy: try accuracy(row.accuracy))
        })
      let summary = TuneSummary(request, codec: codec, result, trials, search)
      last = summary
      try write(summary)
    }
    guard var summary = last else {
      throw SplitpipeError(
        .interrupted, "stopped in the first round of the search; \(resumeSentence)")
    }
    summary.complete = !stop.isStopped && breakage == nil
    summary.seconds = (ContinuousClock.now - start) / .seconds(1)
    try write(summary)
    if summary.complete { sweep.removeJournal() }
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
      if let breakage { throw breakage }
      let what =
        sweep.plan.dataset.reference == "truth"
        ? "its labels have no object" : "the unsplit model finds no object of confidence 0.25"
      // Nothing in it is worth going on with.
      sweep.removeJournal()
      throw SplitpipeError(
        .badData,
        "there is no accuracy to keep on \"\(redacted(request.data.path))\": \(what); choose another "
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
          + "\"\(redacted(request.data.path))\", less than the floor \(request.floor); give a lower --floor, or "
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
