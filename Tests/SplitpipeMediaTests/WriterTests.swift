import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

@Suite struct `Annotated output` {
  @Test(SharedData.needs("data/video/car-detection.mp4"))
  func `look`() throws {
    let source = try openFrameSource(SharedData.path("data/video/car-detection.mp4"))
    let sink = try AnnotatedVideoWriter(path: "/tmp/media/out.mp4", classNames: ["person", "bicycle", "car"], settings: WriterSettings(framesPerSecond: 12.5))
    var n = 0
    while let frame = try source.next() {
      let d = [Detection(box: Box(x1: 100 + Float(n), y1: 50, x2: 300 + Float(n), y2: 250), confidence: 0.874, classIndex: 2), Detection(box: Box(x1: 0, y1: 0, x2: 80, y2: 40), confidence: 0.5, classIndex: 0), Detection(box: Box(x1: 650, y1: 300, x2: 760, y2: 430), confidence: 0.999, classIndex: 99)]
      try sink.append(frame, detections: d)
      if n == 30 { try writePNG(frame, detections: d, classNames: ["person", "bicycle", "car"], to: "/tmp/media/out.png") }
      n += 1
    }
    try sink.finish()
  }
}
