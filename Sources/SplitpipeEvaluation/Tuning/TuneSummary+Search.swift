import SplitpipeCodec
import SplitpipeCore
import SplitpipeMedia

extension TuneSummary {
  /// What a search has found so far; its time is not known here.
  ///
  /// - Parameters:
  ///   - request: what was asked.
  ///   - codec: whose bytes count.
  ///   - result: the sweep over all settings tried.
  ///   - trials: the settings, in the order of its rows.
  ///   - search: what decided on them.
  init(
    _ request: TuneRequest, codec: CodecName, _ result: EvaluationSummary, _ trials: TuneTrials,
    _ search: TuneSearch
  ) {
    let points = trials.points
    let round = trials.roundOfEach
    let isOn = ParetoFront.contains(points.map { (bytes: $0.bytes, accuracy: $0.accuracy) })
    let tried = result.rows.indices.map { index in
      let row = result.rows[index]
      return Point(
        round: round[index], split: row.split, bits: row.bits, codec: row.codec,
        quantizer: row.quantizer, bytesPerFrame: row.codedBytes,
        bitsPerCoefficient: row.bitsPerCoefficient, map50: row.accuracy.first,
        map50_95: row.accuracy.second, clampedFraction: row.clampedFraction,
        passes: points[index].accuracy >= search.floor, pareto: isOn[index])
    }
    let best = search.best(of: points).flatMap { best in
      points.firstIndex { $0.candidate == best.candidate }.map { tried[$0] }
    }
    self.init(
      input: redacted(request.data.path), model: request.model,
      precision: request.precision.rawValue,
      engine: result.engine, version: splitpipeVersion, codec: codec.rawValue,
      keyInterval: request.keyInterval, frames: result.images, reference: result.reference,
      metric: request.metric.rawValue, floor: request.floor.description,
      floorValue: search.floor, unsplit: result.unsplit, points: tried, best: best,
      command: best.map { request.command($0, looksBack: search.looksBack) }, complete: false,
      notes: result.notes, skipped: result.skipped, seconds: 0)
  }
}

extension TuneRequest {
  /// What runs a setting.
  fileprivate func command(_ point: TuneSummary.Point, looksBack: Bool) -> String {
    var words = ["splitpipe", "run", redacted(data.path), "--model", model]
    words += ["--split", point.split, "--bits", "\(point.bits)", "--codec", point.codec]
    words += ["--quantizer", point.quantizer]
    if looksBack, keyInterval != KeySchedule.usualInterval {
      words += ["--key-interval", "\(keyInterval)"]
    }
    if precision != .auto { words += ["--precision", precision.rawValue] }
    if reading.start > 0 { words += ["--start", "\(reading.start)"] }
    if reading.every > 1 { words += ["--every", "\(reading.every)"] }
    if let truth = data.truth { words += ["--truth", truth] }
    return words.map(shellWord).joined(separator: " ")
  }
}
