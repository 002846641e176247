import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeModel
import SplitpipeStages
import SplitpipeStatistics

/// What one split takes on this machine, as medians over frames.
struct SplitCost: Sendable {
  var headSeconds = 0.0
  var encodeSeconds = 0.0
  var restoreSeconds = 0.0
  var tailSeconds = 0.0
  /// In the long run: one key frame in as many frames as the settings say.
  var bytesPerFrame = 0.0
  /// The unsplit network, beside it.
  var unsplitSeconds = 0.0
  /// Boxes from the network's output.
  var answerSeconds = 0.0

  /// The same on a machine at another pace; what else it does changes while it measures.
  func scaled(by factor: Double) -> SplitCost {
    var cost = self
    cost.headSeconds *= factor
    cost.encodeSeconds *= factor
    cost.restoreSeconds *= factor
    cost.tailSeconds *= factor
    cost.unsplitSeconds *= factor
    cost.answerSeconds *= factor
    return cost
  }
}

/// Measures splits one by one on the same frames, each beside the unsplit network, so that the pace of a
/// machine that does other things too can be taken out.
struct SplitMeter {
  let whole: SplitModel
  let frames: [PlanInput.Ready]
  /// Sends every frame over a split.
  ///
  /// - Parameters:
  ///   - model: cut there; compiled on the way.
  ///   - coding: how tensors become packets.
  ///   - detector: reads the answer; nil for a classifier.
  /// - Returns: what it took.
  /// - Throws: what compiling and running throw.
  func measure(
    _ model: SplitModel, _ coding: CodingSettings, _ detector: Detector?
  ) throws -> SplitCost {
    var times = Times()
    // Compiling, and what engines put off to the first run.
    _ = try model.runTail(model.runHead(frames[0].input), at: frames[0].input.letterbox.input)
    _ = try whole.runUnsplit(frames[0].input)
    var line = try Line(model, coding)
    var (keys, deltas) = ([Int](), [Int]())
    for frame in frames {
      if frame.beginsStretch { line = try Line(model, coding) }
      let sizes = frame.input.letterbox.sizes
      var meter = LapMeter()
      let frontier = try model.runHead(frame.input)
      times.head.append(meter.lap().seconds)
      let quantized = try line.quantize.quantize(frontier, of: frame.stamp, sizes: sizes)
      let bytes = try line.encode.encode(
        quantized, frontier: frontier, of: frame.stamp, sizes: sizes
      ).serialized()
      times.encode.append(meter.lap().seconds)
      if quantized.dependency == .key {
        keys.append(bytes.count)
      } else {
        deltas.append(bytes.count)
      }
      let arrived = try line.restore(bytes)
      times.restore.append(meter.lap().seconds)
      let output = try model.runTail(arrived.frontier, at: arrived.letterbox.input)
      times.tail.append(meter.lap().seconds)
      _ = try detector?.detect(output, letterbox: arrived.letterbox)
      times.answer.append(meter.lap().seconds)
      _ = try whole.runUnsplit(frame.input)
      times.unsplit.append(meter.lap().seconds)
    }
    return times.cost(
      bytes: longRunBytes(keys: keys, deltas: deltas, keyInterval: coding.keyInterval))
  }

  /// Measures heads alone, as a device that only runs those.
  func measureHead(_ model: SplitModel) throws -> SplitCost {
    var times = Times()
    _ = try model.runHead(frames[0].input)
    _ = try whole.runUnsplit(frames[0].input)
    for frame in frames {
      var meter = LapMeter()
      _ = try model.runHead(frame.input)
      times.head.append(meter.lap().seconds)
      _ = try whole.runUnsplit(frame.input)
      times.unsplit.append(meter.lap().seconds)
    }
    return times.cost(bytes: 0)
  }
}

/// Both ends of a split.
private struct Line {
  var quantize: QuantizeStep
  var encode: EncodeStep
  private var end: RestoreStep

  init(_ model: SplitModel, _ coding: CodingSettings) throws {
    quantize = try QuantizeStep(coding)
    encode = EncodeStep(coding.codec, fingerprint: model.fingerprint)
    end = RestoreStep(model)
  }

  mutating func restore(_ bytes: [UInt8]) throws -> RestoredFrame {
    switch try end.restore(bytes) {
    case .frame(let frame): return frame
    case .refused(let refusal):
      throw SplitpipeError(.bug, "a packet was refused: \(refusal.sentence)")
    }
  }
}

private struct Times {
  var head: [Double] = []
  var encode: [Double] = []
  var restore: [Double] = []
  var tail: [Double] = []
  var answer: [Double] = []
  var unsplit: [Double] = []

  func cost(bytes: Double) -> SplitCost {
    SplitCost(
      headSeconds: head.median ?? 0, encodeSeconds: encode.median ?? 0,
      restoreSeconds: restore.median ?? 0, tailSeconds: tail.median ?? 0, bytesPerFrame: bytes,
      unsplitSeconds: unsplit.median ?? 0, answerSeconds: answer.median ?? 0)
  }
}

extension [SplitCost] {
  /// All at the pace of the median of the unsplit network's times.
  var atOnePace: [SplitCost] {
    guard let pace = map(\.unsplitSeconds).median, pace > 0 else { return self }
    return map { $0.unsplitSeconds > 0 ? $0.scaled(by: pace / $0.unsplitSeconds) : $0 }
  }
}
