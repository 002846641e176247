import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

@Suite struct `Reading videos` {
  @Test(
    SharedData.needs("data/video/car-detection.mp4", "data/video/bottle-detection.mp4"),
    arguments: [
      ("car-detection.mp4", 377, PixelSize(width: 768, height: 432), 12.5, 2_811_553),
      ("bottle-detection.mp4", 1189, PixelSize(width: 640, height: 360), 29.8, 504_961),
    ])
  func `a video gives every frame, in order, with its bytes`(
    name: String, count: Int, size: PixelSize, rate: Double, fileBytes: Int
  ) throws {
    let source = try openFrameSource(SharedData.path("data/video/" + name))
    #expect(source.information.size == size)
    #expect(source.information.frameCount == count)
    #expect(abs((source.information.framesPerSecond ?? 0) - rate) < 0.1)
    var frames = 0
    var bytes = 0
    var last = -1.0
    while let frame = try source.next() {
      #expect(frame.stamp.index == frames)
      #expect(frame.stamp.seconds > last)
      #expect(PixelSize(width: frame.picture.width, height: frame.picture.height) == size)
      #expect(frame.sourceBytes > 0)
      last = frame.stamp.seconds
      bytes += frame.sourceBytes
      frames += 1
    }
    #expect(frames == count)
    #expect(source.skipped == 0)
    #expect(bytes < fileBytes)
    #expect(bytes > fileBytes * 9 / 10)
    #expect(abs(last - Double(count - 1) / rate) < 0.5)
    let after = try source.next()
    #expect(after == nil)
  }
}
