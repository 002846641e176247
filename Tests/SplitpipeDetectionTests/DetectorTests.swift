import SplitpipeCore
import Testing

@testable import SplitpipeDetection

struct DetectorTests {
  /// A frame that fills its input without scaling.
  static func plain(_ width: Int, _ height: Int) -> Letterbox {
    let size = PixelSize(width: width, height: height)
    return Letterbox(
      frame: size, shown: size, input: size, scaled: size, left: 0, top: 0)
  }

  @Test func `a yolov5 row is centre, size, objectness and classes`() throws {
    let output = Tensor<Float>(
      shape: Shape([1, 3, 7]),
      values: [
        100, 50, 40, 20, 0.8, 0.25, 0.5,  // 0.4 for class 1
        100, 50, 40, 20, 0.2, 1, 1,  // objectness too low
        10, 10, 40, 20, 1, 0.75, 0,  // reaches over the border
      ])
    let detections = try Detector(kind: .yolov5, classCount: 2)
      .detect(output, letterbox: Self.plain(160, 96))
    #expect(
      detections == [
        Detection(
          box: Box(x1: 0, y1: 0, x2: 30, y2: 20), confidence: 0.75, classIndex: 0),
        Detection(
          box: Box(x1: 80, y1: 40, x2: 120, y2: 60), confidence: 0.4, classIndex: 1),
      ])
  }

  @Test func `a yolov8 output has a row per number and no objectness`() throws {
    // Two anchors, two classes.
    let output = Tensor<Float>(
      shape: Shape([1, 6, 2]),
      values: [
        100, 30,
        50, 40,
        40, 10,
        20, 10,
        0.125, 0.25,
        0.5, 0.875,
      ])
    let detections = try Detector(kind: .yolov8, classCount: 2)
      .detect(output, letterbox: Self.plain(160, 96))
    #expect(
      detections == [
        Detection(box: Box(x1: 25, y1: 35, x2: 35, y2: 45), confidence: 0.875, classIndex: 1),
        Detection(box: Box(x1: 80, y1: 40, x2: 120, y2: 60), confidence: 0.5, classIndex: 1),
      ])
  }

  @Test func `a yolox row is relative to its cell`() throws {
    // An input of 64×32 has 8×4, 4×2 and 2×1 cells.
    var values = [Float](repeating: 0, count: 42 * 6)
    func put(_ anchor: Int, _ row: [Float]) {
      for (index, value) in row.enumerated() { values[anchor * 6 + index] = value }
    }
    put(13, [0.5, 0.25, 0, 0, 1, 0.5])  // stride 8, row 1, column 5: one cell wide
    put(32 + 6, [0.5, 0.5, 0, 0, 1, 0.75])  // stride 16, row 1, column 2
    put(40 + 1, [0, 0.5, -1, 0, 1, 0.875])  // stride 32, column 1: 32/e wide
    let detections = try Detector(kind: .yolox, classCount: 1)
      .detect(
        Tensor(shape: Shape([1, 42, 6]), values: values), letterbox: Self.plain(64, 32))
    #expect(detections.map(\.confidence) == [0.875, 0.75, 0.5])
    let half = Float(32 / 2.718281828459045 / 2)
    #expect(abs(detections[0].box.x1 - (32 - half)) < 1e-4)
    #expect(abs(detections[0].box.x2 - (32 + half)) < 1e-4)
    #expect(detections[1].box == Box(x1: 32, y1: 16, x2: 48, y2: 32))
    #expect(detections[2].box == Box(x1: 40, y1: 6, x2: 48, y2: 14))
  }

  @Test func `an end-to-end row is corners, score and class, and none is suppressed`() throws {
    let output = Tensor<Float>(
      shape: Shape([1, 4, 6]),
      values: [
        80, 40, 120, 60, 0.5, 1,
        80, 40, 120, 60, 0.75, 1,  // the same box again: the network wanted both
        -10, 0, 30, 20, 0.625, 0,
        80, 40, 120, 60, 0.2, 0,  // score too low
      ])
    let detections = try Detector(kind: .endToEnd, classCount: 2)
      .detect(output, letterbox: Self.plain(160, 96))
    let box = Box(x1: 80, y1: 40, x2: 120, y2: 60)
    #expect(
      detections == [
        Detection(box: box, confidence: 0.75, classIndex: 1),
        Detection(box: Box(x1: 0, y1: 0, x2: 30, y2: 20), confidence: 0.625, classIndex: 0),
        Detection(box: box, confidence: 0.5, classIndex: 1),
      ])
  }

  @Test(arguments: [
    [80, 40, 79, 60, 0.5, 1], [80, .nan, 120, 60, 0.5, 1], [80, 40, 120, 60, .infinity, 1],
    [80, 40, 120, 60, 0.5, 2], [80, 40, 120, 60, 0.5, -1], [80, 40, 120, 60, 0.5, 0.5],
    [80, 40, 120, 60, 0.5, .nan], [80, 40, 120, 60, 0.5, 3e38],
  ])
  func `an end-to-end row that is no box or of no class is left out and counted`(
    _ row: [Float]
  ) throws {
    let candidates = try Detector(kind: .endToEnd, classCount: 2).candidates(
      in: Tensor(shape: Shape([1, 1, 6]), values: row), letterbox: Self.plain(160, 96),
      confidence: 0.001)
    #expect(candidates.count == 0)
    #expect(candidates.dropped == 1)
  }

  @Test func `boxes come back in frame pixels`() throws {
    let letterbox = Letterbox(
      frame: PixelSize(width: 1280, height: 720),
      geometry: InputGeometry(
        size: .rectangular(longest: 640, stride: 32), placement: .centred, channelOrder: .rgb,
        byteScale: 1 / 255))
    let output = Tensor<Float>(
      shape: Shape([1, 1, 6]), values: [320, 192, 100, 100, 1, 1])
    let detections = try Detector(kind: .yolov5, classCount: 1)
      .detect(output, letterbox: letterbox)
    #expect(detections.map(\.box) == [Box(x1: 540, y1: 260, x2: 740, y2: 460)])
  }

  @Test(arguments: [
    (DetectorKind.yolov5, [1, 7, 6], "is 1×7×6; a yolov5 detector of 2 classes gives 1×N×7"),
    (.yolov5, [2, 7, 7], "is 2×7×7; a yolov5 detector of 2 classes gives 1×N×7"),
    (.yolov8, [1, 7, 6], "is 1×7×6; a yolov8 detector of 2 classes gives 1×6×N"),
    (.yolov8, [6, 7], "is 6×7; a yolov8 detector of 2 classes gives 1×6×N"),
    (.yolox, [1, 41, 7], "has 41 boxes; a yolox detector with strides 8, 16 and 32 gives 42"),
    (.endToEnd, [1, 7, 7], "is 1×7×7; an end-to-end detector gives 1×N×6"),
  ])
  func `an output of another shape is refused`(
    _ kind: DetectorKind, _ shape: [Int], _ text: String
  ) throws {
    let output = Tensor<Float>(
      shape: Shape(shape), values: Array(repeating: 0, count: shape.reduce(1, *)))
    let error = try #require(throws: SplitpipeError.self) {
      try Detector(kind: kind, classCount: 2).detect(output, letterbox: Self.plain(64, 32))
    }
    #expect(error.kind == .badData)
    #expect(error.message.contains(text), "\(error.message)")
  }

  @Test func `a query is a box in shares of the input, of one class, and suppresses no other`()
    throws
  {
    let output = Tensor<Float>(
      shape: Shape([1, 3, 6]),
      values: [
        0.5, 0.5, 0.25, 0.5, 0.75, 0.5,
        0.5, 0.5, 0.25, 0.5, 0.5, 0.25,
        0.5, 0.5, 0.25, 0.5, 0, 0,
      ])
    let detector = Detector(kind: .queries, classCount: 2, settings: .evaluation)
    let detections = try detector.detect(output, letterbox: Self.plain(160, 96))
    let box = Box(x1: 60, y1: 24, x2: 100, y2: 72)
    #expect(
      detections == [
        Detection(box: box, confidence: 0.75, classIndex: 0),
        Detection(box: box, confidence: 0.5, classIndex: 0),
      ])
  }

  @Test func `scores that are no probabilities are refused as another task's`() throws {
    func refusal(_ kind: DetectorKind, _ shape: [Int], _ values: [Float]) -> SplitpipeError? {
      #expect(throws: SplitpipeError.self) {
        try Detector(kind: kind, classCount: 2).detect(
          Tensor(shape: Shape(shape), values: values), letterbox: Self.plain(160, 96))
      }
    }
    // A keypoint in pixels in the place of a second class.
    let pose = refusal(.yolov8, [1, 6, 1], [100, 50, 40, 20, 0.5, 87.5])
    #expect(pose?.kind == .badData)
    #expect(
      pose?.message
        == "the model's output has a score of 87.5, expected probabilities from 0 to 1: it is read as "
        + "a yolov8 detector and may be one of another task (keypoints, masks or angles after the "
        + "scores) or without its last sigmoid; splitpipe models inspect shows what it is, and an "
        + "export of a detection model is what it should be")
    #expect(refusal(.yolov5, [1, 1, 7], [100, 50, 40, 20, 3.5, 0.5, 0.5]) != nil)
    #expect(refusal(.yolov5, [1, 1, 7], [100, 50, 40, 20, 0.5, 0.5, 9]) != nil)
    // What integers round a little above 1 is a probability.
    let rounded = Tensor<Float>(shape: Shape([1, 6, 1]), values: [100, 50, 40, 20, 0.5, 1.004])
    #expect(
      try Detector(kind: .yolov8, classCount: 2).detect(rounded, letterbox: Self.plain(160, 96))
        .map(\.classIndex) == [1])
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, -1])
  func `boxes that are no boxes are left out and counted`(_ bad: Float) throws {
    let good: [Float] = [30, 20, 8, 8, 0.5, 0.9]
    for field in 2..<6 {
      var row = good
      row[field] = bad
      let output = Tensor(shape: Shape([1, 2, 6]), values: row + good)
      let candidates = try Detector(kind: .yolov5, classCount: 1)
        .candidates(in: output, letterbox: Self.plain(64, 32), confidence: 0.001)
      #expect(candidates.detections(.evaluation).count == 1)
      // A score below the threshold is a plain no.
      #expect(candidates.dropped == (field >= 4 && bad < 0 ? 0 : 1), "field \(field)")
    }
  }

  @Test(arguments: [DetectorKind.yolov5, .yolox, .yolov8, .endToEnd, .queries], [UInt64](1...3))
  func `no numbers crash the detector`(_ kind: DetectorKind, _ seed: UInt64) throws {
    var random = Draw(seed: seed)
    let special: [Float] = [
      .nan, .infinity, -.infinity, 3e38, -3e38, 0, -0.0, 1e-38, 0.5, 1, 88, 89, 1e9,
    ]
    let values = (0..<42 * 7).map { _ in special[random.below(special.count)] }
    let shape =
      switch kind {
      case .yolov5, .yolox: [1, 42, 7]
      case .yolov8: [1, 6, 49]
      case .endToEnd, .queries: [1, 49, 6]
      }
    let output = Tensor(shape: Shape(shape), values: values)
    let input = PixelSize(width: 64, height: 32)
    // Not through the detector, which refuses the greatest of these as scores.
    let candidates = Candidates(
      decoder: try BoxDecoder(kind: kind, classCount: 2, shape: output.shape, input: input),
      output: output, letterbox: Self.plain(64, 32), confidence: 0)
    for settings in [DetectionSettings.display, .evaluation] {
      for detection in candidates.detections(settings) {
        #expect(detection.confidence.isFinite && detection.box.area.isFinite)
        #expect((0...64).contains(detection.box.x1) && (0...32).contains(detection.box.y2))
      }
    }
  }
}
