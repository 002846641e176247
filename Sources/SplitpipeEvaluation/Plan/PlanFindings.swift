import SplitpipeCodec
import SplitpipeCore
import SplitpipeModel
import SplitpipeStages
import SplitpipeStatistics

/// Puts together what was measured of a plan.
struct PlanFindings {
  let request: PlanRequest
  let model: Model
  let dataset: Dataset
  let input: PlanInput
  let splits: [SplitSummary]
  /// At one pace, in the order of the splits.
  let costs: [SplitCost]
  let memory: [GraphMemory]
  let profile: LayerProfile?
  let importance: PlanImportance?
  let check: PlanCheck?

  /// The unsplit network on this machine.
  private var unsplitSeconds: Double { costs[0].unsplitSeconds }
  private var answerSeconds: Double { costs.map(\.answerSeconds).median ?? 0 }

  /// Speed of the device, this machine's being 1.
  private var device: Double {
    profile.map { unsplitSeconds / $0.unsplitSeconds } ?? request.device
  }

  /// From a decoded frame to the network's input, on the device.
  private var prepareSeconds: Double { profile?.prepareSeconds ?? input.prepareSeconds / device }

  private func latency(device: Double, server: Double, bytes: Double) -> Double {
    device + server + (bytes > 0 ? transfer(bytes) + request.roundTrip : 0)
  }

  private func transfer(_ bytes: Double) -> Double { bytes * 8 / request.link.bitsPerSecond }

  func summary(isComplete: Bool) throws -> PlanSummary {
    var rows = try splits.indices.map { try row($0) }
    let isOnFront = ParetoFront.isUnbeaten(rows.map(\.merits))
    for index in rows.indices { rows[index].pareto = isOnFront[index] }
    return PlanSummary(
      input: dataset.name, model: model.name, frames: input.frames.count, size: "\(input.size)",
      bits: request.coding.codec.bits.bits, codec: request.coding.codec.codec.rawValue,
      quantizer: request.coding.quantizer.description, link: request.link.description,
      linkBitsPerSecond: request.link.bitsPerSecond, roundTripSeconds: request.roundTrip,
      deviceFactor: device, serverFactor: request.server, profile: request.profile,
      prepareSeconds: prepareSeconds,
      answerSeconds: answerSeconds / request.server, splits: rows, whole: whole,
      optimum: optimum(rows), rankCorrelation: check?.rankings(predictors),
      accuracyName: check?.accuracyName ?? "", checkedImages: check?.images ?? 0,
      complete: isComplete, notes: notes)
  }

  private func row(_ index: Int) throws -> PlanSummary.Split {
    let (split, cost) = (splits[index], costs[index])
    let head =
      if let profile, let path = request.profile {
        try profile.headSeconds(split.name, in: path)
      } else { cost.headSeconds / device }
    let encode = cost.encodeSeconds / device
    let (restore, tail) = (
      cost.restoreSeconds / request.server, cost.tailSeconds / request.server
    )
    let energy = request.energy
    let joules: Double? =
      energy.perMAC == nil && energy.perBit == nil
      ? nil
      : (energy.perMAC ?? 0) * Double(split.headMACs)
        + (energy.perBit ?? 0) * cost.bytesPerFrame * 8
    let value = importance?.values[split.name]
    return PlanSummary.Split(
      name: split.name, headSeconds: head, encodeSeconds: encode, restoreSeconds: restore,
      tailSeconds: tail, bytesPerFrame: cost.bytesPerFrame, rawBytes: split.rawBytes,
      transferSeconds: transfer(cost.bytesPerFrame),
      latencySeconds: latency(
        device: prepareSeconds + head + encode,
        server: restore + tail + answerSeconds / request.server, bytes: cost.bytesPerFrame),
      importance: value?.importance, gradients: value?.gradients, headMACs: split.headMACs,
      headWeightBytes: memory[index].weightBytes, headPeakBytes: memory[index].peakBytes,
      headJoules: joules,
      accuracy: check?.accuracy[split.name].map(byText),
      accuracyOfHalves: check?.halves[split.name].map {
        byText($0).mapValues { $0.compactMap { $0 } }
      },
      isSmaller: isSmaller(index))
  }

  /// Keys of JSON are texts.
  private func byText<Value>(_ byWidth: [Int: Value]) -> [String: Value] {
    Dictionary(uniqueKeysWithValues: byWidth.map { ("\($0.key)", $0.value) })
  }

  /// Whether CDE would cut here.
  private func isSmaller(_ index: Int) -> Bool {
    guard index > 0, let here = splits[index].named, let before = splits[index - 1].named else {
      return false
    }
    return here.shape.count < before.shape.count
  }

  private var whole: [PlanSummary.Whole] {
    let alone =
      prepareSeconds + (profile?.unsplitSeconds ?? unsplitSeconds / device) + answerSeconds / device
    let device = PlanSummary.Whole(
      name: "device", setting: "", deviceSeconds: alone, serverSeconds: 0, bytesPerFrame: 0,
      transferSeconds: 0, latencySeconds: latency(device: alone, server: 0, bytes: 0))
    return [device]
      + input.pictures.map { pictures in
        let near = pictures.encodeSeconds / self.device
        let far =
          (pictures.decodeSeconds + input.prepareSeconds + unsplitSeconds + answerSeconds)
          / request.server
        return PlanSummary.Whole(
          name: "server", setting: pictures.setting, deviceSeconds: near, serverSeconds: far,
          bytesPerFrame: pictures.bytesPerFrame,
          transferSeconds: transfer(pictures.bytesPerFrame),
          latencySeconds: latency(device: near, server: far, bytes: pictures.bytesPerFrame))
      }
  }

  private func optimum(_ rows: [PlanSummary.Split]) -> PlanSummary.Optimum {
    let all =
      rows.map { ($0.name, $0.latencySeconds) } + whole.map { ($0.name, $0.latencySeconds) }
    return PlanSummary.Optimum(
      latency: all.min { $0.1 < $1.1 }?.0 ?? "",
      cde: rows.filter(\.isSmaller).min { $0.latencySeconds < $1.latencySeconds }?.name,
      cui: rows.filter { $0.importance ?? 0 > 0 }
        .max { $0.importance ?? 0 < $1.importance ?? 0 }?.name)
  }

  /// What could tell accuracy beforehand; more of each is to mean more of it.
  private var predictors: [String: [String: Double]] {
    func byName(_ value: (Int) -> Double?) -> [String: Double] {
      Dictionary(
        splits.indices.compactMap { index in value(index).map { (splits[index].name, $0) } },
        uniquingKeysWith: { first, _ in first })
    }
    return [
      "importance": byName { importance?.values[splits[$0].name]?.importance },
      "importance (paper)": byName { importance?.values[splits[$0].name]?.paper },
      "importance (cumulative)": byName { cumulativeImportance(from: $0) },
      "gradients": byName { importance?.values[splits[$0].name]?.gradients },
      "cde": byName { isSmaller($0) ? 1 : 0 },
      "depth": byName { Double(splits[$0].headMACs) },
      "bytes": byName { costs[$0].bytesPerFrame },
    ]
  }

  /// The sum over this split and all behind it, their equation 2.
  private func cumulativeImportance(from index: Int) -> Double? {
    guard importance?.values[splits[index].name] != nil else { return nil }
    return splits[index...].reduce(0) {
      $0 + (importance?.values[$1.name]?.importance ?? 0)
    }
  }

  private var notes: [String] {
    var notes = check == nil ? [] : dataset.notes
    if input.passedOver > 0 {
      notes.append(
        "\(counted(input.passedOver, "picture")) passed over, whose input is not \(input.size) as the "
          + "first one's")
    }
    if let note = importance?.note { notes.append(note) }
    return notes
  }
}

extension PlanSummary.Split {
  /// What it is judged by, less being better; accuracy at the most bits that it was measured at.
  fileprivate var merits: [Double?] {
    let best = accuracy?.max { Int($0.key) ?? 0 < Int($1.key) ?? 0 }?.value
    return [latencySeconds, bytesPerFrame, importance.map { -$0 }, best.map { -$0 }]
  }
}
