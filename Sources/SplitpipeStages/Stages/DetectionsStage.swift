internal import FoundationEssentials
import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeFiles
import SplitpipeModel
import SplitpipePipeline
import SplitpipeSession

/// Writes one JSON object per frame and line.
struct DetectionsStage: Stage {
  static let name = "detections"
  static let summary = "writes one JSON object per frame (--detections)"
  static let reads: SlotSet = [Slots.frame, Slots.detections]
  static let uses: SlotSet = [Slots.cost, Slots.change, Slots.refusal, Slots.answer]

  private struct Line: Encodable {
    struct Found: Encodable {
      let box: [Double]
      let confidence: Double
      let `class`: Int
      let name: String
    }

    let frame: Int
    let time: Double
    let file: String?
    let boxes: [Found]
    let bytes: Int?
    /// Share of codes equal to those of the frame before; absent on the first.
    let unchanged: Double?
    /// Why the frame has no boxes, where its packet was of no use.
    let refused: String?
    /// Where the boxes come from, where a server is in play: `remote`; absent for a frame without any.
    let path: String?
  }

  private let file: OutputFile
  private let classNames: [String]
  private let encoder: JSONEncoder

  init(_ context: RunContext, _ options: Options) throws {
    guard let file = context.detections else {
      throw SplitpipeError(.bug, "detections takes part without an output")
    }
    self.file = file
    classNames = context.model.whole.classNames
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  static func takesPart(in context: RunContext) -> Bool { context.detections != nil }

  mutating func process(_ record: inout FrameRecord) async throws {
    let line = Line(
      frame: record.stamp.index, time: Self.rounded(record.stamp.seconds, 1e6),
      file: try record.require(Slots.frame).fileName,
      boxes: (record[Slots.detections] ?? []).map { detection in
        let box = detection.box
        return Line.Found(
          box: [box.x1, box.y1, box.x2, box.y2].map { Self.rounded(Double($0), 100) },
          confidence: Self.rounded(Double(detection.confidence), 1e4),
          class: detection.classIndex,
          name: classNames.indices.contains(detection.classIndex)
            ? classNames[detection.classIndex] : "class \(detection.classIndex)")
      },
      bytes: record[Slots.cost]?.wireBytes,
      unchanged: record[Slots.change].map { Self.rounded($0.unchangedFraction, 1e6) },
      refused: record[Slots.refusal]?.sentence ?? record[Slots.answer]?.outcome.reason,
      path: record[Slots.answer].flatMap { $0.outcome.isDetected ? "remote" : nil })
    try file.append(shownInJSON(String(decoding: encoder.encode(line), as: UTF8.self)) + "\n")
  }

  mutating func finish() async throws { try file.finish() }

  mutating func cancel() { file.cancel() }

  /// To the nearest part of a unit: hundredths of a pixel, millionths of a second.
  private static func rounded(_ value: Double, _ parts: Double) -> Double {
    (value * parts).rounded() / parts
  }
}

extension RemoteAnswer.Outcome {
  fileprivate var isDetected: Bool { if case .detected = self { true } else { false } }

  /// Why the frame has no boxes; nil where it has.
  fileprivate var reason: String? {
    switch self {
    case .detected: nil
    case .shed: "the server had a newer frame"
    case .refused(let text): text
    case .lost: "the connection was lost"
    }
  }
}
