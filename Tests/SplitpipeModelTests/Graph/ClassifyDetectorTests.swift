import SplitpipeCore
import Testing

@testable import SplitpipeModel

@Suite struct ClassifyDetectorTests {
  @Test(
    arguments: [
      ([1, 25200, 85], 640, 640, 80, DetectorKind.yolov5),
      ([1, 15120, 85], 640, 384, nil, .yolov5),
      ([1, 102_000, 6], 1280, 1280, 1, .yolov5),
      ([1, 8400, 85], 640, 640, 80, .yolox),
      ([1, 3549, 85], 416, 416, nil, .yolox),
      ([1, 84, 8400], 640, 640, 80, .yolov8),
      ([1, 5, 5040], 640, 384, 1, .yolov8),
      ([1, 84, 34000], 640, 640, nil, .yolov8),
      ([1, 84, 8400], 640, 640, 20, nil),
      ([1, 116, 8400], 640, 640, 80, nil),
      ([1, 300, 6], 640, 640, nil, .endToEnd),
      ([1, 300, 6], 640, 640, 80, .endToEnd),
      ([1, 5000, 6], 640, 640, nil, nil),
      ([1, 300, 84], 640, 640, 80, nil),
      ([1, 8400, 5], 640, 640, nil, nil),
      ([2, 8400, 85], 640, 640, nil, nil),
      ([1, 1000], 224, 224, nil, nil),
    ] as [([Int], Int, Int, Int?, DetectorKind?)])
  func `a kind is told by the shape of its output`(
    extents: [Int], width: Int, height: Int, classes: Int?, kind: DetectorKind?
  ) {
    let found = classifyDetector(
      output: Shape(extents), input: PixelSize(width: width, height: height), classCount: classes)
    #expect(found == kind)
  }
}
