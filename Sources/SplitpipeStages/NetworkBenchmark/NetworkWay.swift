import SplitpipeCore
import SplitpipeDetection

/// One way to use a link, and what it was seen to cost.
struct NetworkWay: Sendable {
  /// What one frame cost.
  struct Sample: Sendable {
    /// Seconds on either side, and of their processors.
    var edge = 0.0
    var server = 0.0
    var edgeCPU = 0.0
    var serverCPU = 0.0
    var bytes = 0
  }

  let name: String
  let setting: String
  /// Whether anything crosses.
  let usesLink: Bool
  private(set) var samples: [Sample] = []
  private var scorer: COCOScorer

  init(_ name: String, _ setting: String, usesLink: Bool = true, classCount: Int) {
    self.name = name
    self.setting = setting
    self.usesLink = usesLink
    scorer = COCOScorer(classCount: max(1, classCount))
  }

  mutating func add(
    _ sample: Sample, frame: Int, detections: [Detection], truths: [TruthObject]
  ) {
    samples.append(sample)
    scorer.add(image: frame, detections: detections, truths: truths)
  }

  /// What a link makes of it.
  ///
  /// - Parameters:
  ///   - link: carries the bytes one way; the boxes that come back are next to nothing.
  ///   - roundTrip: seconds, of which each direction takes a half.
  /// - Returns: the row of the table.
  func row(over link: LinkRate, roundTrip: Double) -> NetworkBenchmark.Row {
    let transfers = samples.map { Double($0.bytes * 8) / link.bitsPerSecond }
    let latencies = zip(samples, transfers).map { sample, transfer in
      sample.edge + sample.server + (usesLink ? transfer + roundTrip : 0)
    }.sorted()
    func mean(_ values: [Double]) -> Double {
      values.reduce(0, +) / Double(max(1, values.count))
    }
    let parts = [
      ("device", mean(samples.map(\.edge))), ("link", mean(transfers)),
      ("server", mean(samples.map(\.server))),
    ]
    let slowest = parts.max { $0.1 < $1.1 } ?? ("device", 0)
    return NetworkBenchmark.Row(
      way: name, setting: setting, link: link.description,
      bytesPerFrame: mean(samples.map { Double($0.bytes) }),
      framesPerSecond: slowest.1 > 0 ? 1 / slowest.1 : 0,
      endToEndSeconds: NetworkBenchmark.Times(
        median: percentile(latencies, 0.5), p95: percentile(latencies, 0.95)),
      edgeCPUSeconds: mean(samples.map(\.edgeCPU)),
      serverCPUSeconds: mean(samples.map(\.serverCPU)), map50_95: scorer.result().map50_95,
      bottleneck: slowest.0)
  }

  /// The value that a share of the sorted values does not exceed.
  private func percentile(_ sorted: [Double], _ share: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    return sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
  }
}
