internal import FoundationEssentials
import SplitpipeCore
import SplitpipeFiles
import SplitpipeModel
import SplitpipePipeline

/// Writes one JSON object per frame and line.
struct DetectionsStage: Stage {
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
  }

  let file: OutputFile
  let classNames: [String]
  private let encoder: JSONEncoder

  init(file: OutputFile, classNames: [String]) {
    self.file = file
    self.classNames = classNames
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  mutating func process(_ record: inout FrameRecord) async throws {
    let line = Line(
      frame: record.stamp.index, time: Self.rounded(record.stamp.seconds, 1e6),
      file: try record.require(Slots.frame).fileName,
      boxes: try record.require(Slots.detections).map { detection in
        let box = detection.box
        return Line.Found(
          box: [box.x1, box.y1, box.x2, box.y2].map { Self.rounded(Double($0), 100) },
          confidence: Self.rounded(Double(detection.confidence), 1e4),
          class: detection.classIndex,
          name: classNames.indices.contains(detection.classIndex)
            ? classNames[detection.classIndex] : "class \(detection.classIndex)")
      },
      bytes: record[Slots.wireBytes],
      unchanged: record[Slots.change].map { Self.rounded($0.unchangedFraction, 1e6) })
    try file.append(String(decoding: encoder.encode(line), as: UTF8.self) + "\n")
  }

  mutating func finish() async throws { try file.finish() }

  mutating func cancel() { file.cancel() }

  /// To the nearest part of a unit: hundredths of a pixel, millionths of a second.
  private static func rounded(_ value: Double, _ parts: Double) -> Double {
    (value * parts).rounded() / parts
  }
}

extension DetectionsStage {
  static let name = "detections"
  static let summary = "writes one JSON object per frame (--detections)"
  static let reads: SlotSet = [Slots.frame, Slots.detections]
  static let uses: SlotSet = [Slots.wireBytes, Slots.change]

  static func takesPart(in context: RunContext) -> Bool { context.detections != nil }

  init(_ context: RunContext, _ options: Options) throws {
    guard let file = context.detections else {
      throw SplitpipeError(.bug, "detections takes part without an output")
    }
    self.init(file: file, classNames: context.model.model.classNames)
  }
}
