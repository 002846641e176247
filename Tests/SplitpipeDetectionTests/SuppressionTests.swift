import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeDetection

struct SuppressionTests {
  /// The rule as it is told: all pairs, no shortcuts.
  private static func plain(
    _ output: Tensor<Float>, classCount: Int, _ settings: DetectionSettings
  ) -> [Detection] {
    var all: [(score: Float, id: Int, box: Box)] = []
    for anchor in 0..<output.shape[1] {
      let row = output.values[anchor * (5 + classCount)..<(anchor + 1) * (5 + classCount)]
      let base = row.startIndex
      guard row[base + 4] > settings.confidence else { continue }
      let (x, y, width, height) = (row[base], row[base + 1], row[base + 2], row[base + 3])
      let box = Box(
        x1: x - width / 2, y1: y - height / 2, x2: x + width / 2, y2: y + height / 2)
      var scored = (0..<classCount).map {
        (score: row[base + 4] * row[base + 5 + $0], id: anchor * classCount + $0, box: box)
      }
      if !settings.multiLabel {
        scored.sort { ($0.score, $1.id) > ($1.score, $0.id) }
        scored.removeLast(classCount - 1)
      }
      all += scored.filter { $0.score > settings.confidence }
    }
    all.sort { ($0.score, $1.id) > ($1.score, $0.id) }
    var kept: [(score: Float, id: Int, box: Box)] = []
    for candidate in all.prefix(settings.maximumCandidates) {
      let free = kept.allSatisfy { other in
        other.id % classCount != candidate.id % classCount
          || Double(overlap(other.box, candidate.box)) <= settings.overlap
      }
      if free { kept.append(candidate) }
    }
    return kept.prefix(settings.maximumDetections).map {
      Detection(box: $0.box, confidence: $0.score, classIndex: $0.id % classCount)
    }
  }

  private static func overlap(_ left: Box, _ right: Box) -> Float {
    let width = max(0, min(left.x2, right.x2) - max(left.x1, right.x1))
    let height = max(0, min(left.y2, right.y2) - max(left.y1, right.y1))
    return width * height / (left.area + right.area - width * height)
  }

  /// Clusters of boxes, all inside a frame of 1000×1000; few levels of scores make ties.
  private static func output(seed: UInt64, classCount: Int) -> Tensor<Float> {
    var random = Draw(seed: seed)
    var values: [Float] = []
    for _ in 0..<400 {
      let (x, y) = (Float(random.below(4) * 200 + 200), Float(random.below(4) * 200 + 200))
      values += [x + random.float(-20...20), y + random.float(-20...20)]
      values += [random.float(40...120), random.float(40...120)]
      for _ in 0..<(1 + classCount) { values.append(Float(random.below(11)) / 10) }
    }
    return Tensor(shape: Shape([1, 400, 5 + classCount]), values: values)
  }

  @Test(arguments: [UInt64](1...6))
  func `suppression equals the plain rule`(_ seed: UInt64) throws {
    let output = Self.output(seed: seed, classCount: 3)
    let letterbox = DetectorTests.plain(1000, 1000)
    let candidates = try Detector(kind: .yolov5, classCount: 3)
      .candidates(in: output, letterbox: letterbox, confidence: 0.001)
    var tight = DetectionSettings.evaluation
    tight.maximumCandidates = 150
    tight.maximumDetections = 40
    for settings in [DetectionSettings.display, .evaluation, tight] {
      let found = candidates.detections(settings)
      #expect(found == Self.plain(output, classCount: 3, settings), "seed \(seed)")
      #expect(!found.isEmpty)
      // A scan of its own finds the same.
      let own = try Detector(kind: .yolov5, classCount: 3, settings: settings)
        .detect(output, letterbox: letterbox)
      #expect(found == own, "seed \(seed)")
    }
  }

  @Test(arguments: [UInt64](1...3))
  func `the same numbers in the order of yolov8 give the same boxes`(_ seed: UInt64) throws {
    let source = Self.output(seed: seed, classCount: 3)
    var rows = source.values
    // Without objectness the score is the class's own.
    for anchor in 0..<400 { rows[anchor * 8 + 4] = 1 }
    let fields = [0, 1, 2, 3, 5, 6, 7]
    let columns = fields.flatMap { field in (0..<400).map { rows[$0 * 8 + field] } }
    let letterbox = DetectorTests.plain(1000, 1000)
    for settings in [DetectionSettings.display, .evaluation] {
      let five = try Detector(kind: .yolov5, classCount: 3, settings: settings)
        .detect(Tensor(shape: source.shape, values: rows), letterbox: letterbox)
      let eight = try Detector(kind: .yolov8, classCount: 3, settings: settings)
        .detect(Tensor(shape: Shape([1, 7, 400]), values: columns), letterbox: letterbox)
      #expect(five == eight, "seed \(seed)")
    }
  }
}
