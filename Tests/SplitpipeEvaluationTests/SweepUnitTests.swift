import SplitpipeCore
import Testing

@testable import SplitpipeEvaluation

@Suite struct `The units of a sweep` {
  private func units(_ change: (inout EvaluationRequest) -> Void) throws -> [SweepUnit] {
    var request = EvaluationRequest(dataset: "d", model: "m")
    request.splits = ["4.m"]
    change(&request)
    return try SweepUnit.all(request)
  }

  @Test func `share the tail among codecs and leave out what cannot be coded`() throws {
    let units = try units {
      $0.splits = ["4.m", "9"]
      $0.bits = [3, 3, 32]
      $0.codecs = ["rle", "raw"]
      $0.jpegQualities = [50]
    }
    #expect(
      units.map(\.key) == [
        "unsplit", "4.m 3 paper rle,raw", "4.m 32 paper raw", "9 3 paper rle,raw",
        "9 32 paper raw", "jpeg 50",
      ])
    #expect(!units.contains { $0.looksBack })
  }

  @Test func `are one for each quantizer, however it is written, and say how often a key comes`()
    throws
  {
    let units = try units {
      $0.bits = [3, 32]
      $0.codecs = ["raw", "context"]
      $0.quantizers = ["paper", "held=5", "sticky=0.5+held", "held"]
      $0.keyInterval = 30
    }
    #expect(
      units.map(\.key) == [
        "unsplit", "4.m 3 paper every 30 raw,context", "4.m 3 held every 30 raw,context",
        "4.m 3 held+sticky=0.5 every 30 raw,context", "4.m 32 paper raw",
      ])
    #expect(units.map(\.looksBack) == [false, true, true, true, false])
  }

  @Test(arguments: [
    ([9], ["rle"], "paper", "not 9"), ([32], ["rle"], "paper", "codec raw"),
    ([3], ["rlee"], "paper", "rle"), ([3], ["rle"], "hold", "held"),
  ])
  func `refuse what does not exist`(
    bits: [Int], codecs: [String], quantizer: String, part: String
  ) {
    let error = #expect(throws: SplitpipeError.self) {
      try units {
        $0.bits = bits
        $0.codecs = codecs
        $0.quantizers = [quantizer]
      }
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }

  private func detection(_ x: Float, _ confidence: Float, _ classIndex: Int = 0) -> Detection {
    Detection(
      box: Box(x1: x, y1: 0, x2: x + 10, y2: 10), confidence: confidence, classIndex: classIndex)
  }

  @Test func `differ on a picture by the boxes only one of them has`() {
    let difference = PictureDifference(
      number: 1,
      unsplit: [detection(0, 0.9), detection(50, 0.5), detection(80, 0.2)],
      split: [detection(1, 0.8), detection(50, 0.6, 1), detection(100, 0.1)])
    #expect(difference.kept == 1 && difference.lost == 1 && difference.added == 1)
    #expect(difference.share == 0.5)
    var worst = Worst<PictureDifference>(count: 2)
    for number in 0..<6 {
      worst.add(
        PictureDifference(
          number: number, unsplit: [detection(0, 0.9)],
          split: number == 0 ? [detection(0, 0.9)] : (1...number).map { detection(90, Float($0)) }))
    }
    #expect(worst.differences.map(\.number) == [5, 4])
  }

  @Test func `are compared with the cheapest baseline that is as accurate`() {
    func accuracy(_ value: Double) -> EvaluationSummary.Accuracy {
      EvaluationSummary.Accuracy(isDetection: true, first: value, second: value)
    }
    func row(_ value: Double, _ bytes: Double) -> EvaluationSummary.Row {
      EvaluationSummary.Row(
        split: "4.m", bits: 3, codec: "rle", accuracy: accuracy(value), rawBytes: 1,
        codedBytes: bytes, bitsPerCoefficient: 1, tensors: ["4.m"])
    }
    func baseline(_ value: Double, _ bytes: Double) -> EvaluationSummary.Baseline {
      EvaluationSummary.Baseline(
        kind: "jpeg", setting: Int(bytes), accuracy: accuracy(value), bytesPerFrame: bytes)
    }
    let summary = EvaluationSummary(
      dataset: "", images: 1, total: 1, complete: true, model: "", precision: "", engine: "",
      version: "",
      protocol: EvaluationSummary.Rules(
        task: "", preparation: "", metrics: "", onlyNamed: false), sourceBytes: 0,
      unsplit: accuracy(0.5), rows: [row(0.3, 100), row(0.4, 300), row(0.45, 50), row(0.6, 9)],
      baselines: [baseline(0.35, 200), baseline(0.42, 250), baseline(0.5, 400)], skipped: [],
      notes: [], seconds: 0, stageSeconds: [:])
    let verdicts = Verdict.all(summary)
    #expect(verdicts.map { $0.baseline?.setting } == [200, 250, 400, 400])
    #expect(verdicts.map(\.splitWins) == [true, false, true, true])
    let sentence = Verdict.sentence(verdicts, hasBaselines: true)
    #expect(sentence.contains("wins in 3 of 4 rows and loses in 1"), "\(sentence)")
    #expect(sentence.contains("1.2"), "\(sentence)")
  }
}
