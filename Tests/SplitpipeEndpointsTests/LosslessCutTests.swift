import Foundation
import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
import SplitpipeTestSupport
import Testing

@testable import SplitpipeEndpoints

private let clip = "data/video/car-detection.mp4"

/// At 32 bits nothing is lost: the cut network is the network.
///
/// `SPLITPIPE_TEST_FRAMES` sets how many frames are compared; the clip has 377.
@Suite(
  OpenVINORuntime.needed,
  SharedData.needs(clip, "data/weights/yolov5n.pt", "data/weights/yolox_nano.onnx"))
struct `A cut at 32 bits` {
  private static let yolox = "data/weights/yolox_nano.onnx"
  private static let yolov5 = "data/weights/yolov5n.pt"
  private static let frames =
    ProcessInfo.processInfo.environment["SPLITPIPE_TEST_FRAMES"].flatMap(Int.init) ?? 3

  @Test(arguments: [
    (yolov5, "1"), (yolov5, "4.m"), (yolov5, "4"), (yolov5, "6"), (yolov5, "9"), (yolov5, "17"),
    (yolox, "691"), (yolox, "717"), (yolox, "781"), (yolox, "935"), (yolox, "1028"),
    (yolox, "1104"),
  ])
  func `gives the unsplit model's tensors and boxes`(weights: String, split: String) async throws {
    let model = try loadModel(path: SharedData.path(weights))
    var engineSettings = SplitModel.Settings()
    engineSettings.precision = .f32
    let splitModel = SplitModel(
      model: model, split: split, engine: try OpenVINOEngine(), settings: engineSettings)
    let source = try openFrameSource(SharedData.path(clip), settings: SourceSettings())
    let letterboxer = Letterboxer(geometry: model.geometry)
    let detector = Detector(
      kind: try #require(model.detector), classCount: model.classNames.count, settings: .evaluation)
    let settings = CodingSettings(codec: try CodecSettings(codec: .raw, bits: .float32))
    var sender = try Sender(splitModel, preparer: letterboxer, settings: settings)
    var restore = RestoreStep(splitModel)

    for _ in 0..<Self.frames {
      let frame = try #require(try source.next())
      let sent = try sender.send(frame)
      guard case .frame(let restored) = try restore.restore(sent.packet.serialized()) else {
        Issue.record("frame \(frame.stamp.index) was refused")
        continue
      }
      #expect(restored.frontier == sent.frontier)
      let prepared = sent.input
      #expect(restored.letterbox == prepared.letterbox)
      let predictions = try splitModel.runTail(restored.frontier, at: prepared.letterbox.input)
      let whole = try splitModel.runUnsplit(prepared)
      #expect(predictions.shape == whole.shape)
      var worst: Float = 0
      for (value, wanted) in zip(predictions.values, whole.values) {
        worst = max(worst, abs(value - wanted) / max(1, abs(wanted)))
      }
      #expect(worst <= 1e-4, "\(split)")
      let boxes = try detector.detect(predictions, letterbox: prepared.letterbox)
      let expected = try detector.detect(whole, letterbox: prepared.letterbox)
      #expect(boxes.count == expected.count)
      for (found, wanted) in zip(boxes, expected) {
        #expect(found.classIndex == wanted.classIndex)
        #expect(abs(found.confidence - wanted.confidence) <= 1e-4)
        #expect(abs(found.box.x1 - wanted.box.x1) + abs(found.box.y2 - wanted.box.y2) <= 0.1)
      }
    }
  }
}
