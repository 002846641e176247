import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

@Suite struct `Reading a video from a time on` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func frames(_ path: String, _ settings: SourceSettings) throws -> [(Frame, [Int])] {
    let source = try openFrameSource(path, settings: settings)
    var frames: [(Frame, [Int])] = []
    while let frame = try source.next() {
      frames.append((frame, try pixels(of: frame).colour(10, 10)))
    }
    #expect(source.skipped == 0)
    return frames
  }

  @Test(arguments: ["mp4", "mkv", "ts", "avi", "webm", "mov", "flv"])
  func `gives the frames of that time, under the numbers and times they have`(ending: String) throws
  {
    let path = try writeNoise(folder, "a." + ending, frames: 60)
    let all = try frames(path, SourceSettings())
    #expect(all.map(\.0.stamp.index) == Array(0..<60))
    for start in [0.001, 0.4, 1.0, 1.37, 2.3] {
      let part = try frames(path, SourceSettings(start: start))
      let wanted = all.filter { $0.0.stamp.seconds >= start - 1e-6 }
      #expect(part.map(\.0.stamp) == wanted.map(\.0.stamp), "\(ending), \(start)")
      #expect(part.map(\.1) == wanted.map(\.1), "\(ending), \(start)")
      let bytes = part.dropFirst().map(\.0.sourceBytes)
      #expect(bytes == wanted.dropFirst().map(\.0.sourceBytes), "\(ending), \(start)")
    }
  }

  @Test func `gives the same of a stream that cannot go back`() throws {
    let path = try writeNoise(folder, "a.ts", frames: 40)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let server = try LoopbackServer { _ in LoopbackServer.Reply(body: bytes) }
    let part = try frames(server.address(), SourceSettings(start: 0.8, every: 3))
    #expect(part.map(\.0.stamp.index) == [20, 23, 26, 29, 32, 35, 38])
  }

  @Test func `gives one of several frames`() throws {
    let path = try writeNoise(folder, "a.mp4", frames: 20)
    let source = try openFrameSource(path, settings: SourceSettings(start: 0.2, every: 4))
    #expect(source.information.frameCount == 20, "of the whole, which labels are held against")
    var stamps: [FrameStamp] = []
    while let frame = try source.next() { stamps.append(frame.stamp) }
    #expect(stamps.map(\.index) == [5, 9, 13, 17])
    #expect(zip(stamps, [0.2, 0.36, 0.52, 0.68]).allSatisfy { abs($0.seconds - $1) < 0.002 })
  }

  @Test(arguments: ["mp4", "ts"])
  func `that lies after the end is a usage error that says where the end is`(ending: String) throws
  {
    let path = try writeNoise(folder, "a." + ending, frames: 10)
    let error = #expect(throws: SplitpipeError.self) {
      try openFrameSource(path, settings: SourceSettings(start: 7))
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("lies after the end") == true)
    #expect(error?.message.contains("0.36 s") == true, "\(error?.message ?? "")")
  }
}

@Suite struct `A video whose pixels are not square` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: ["mp4", "mkv", "ts", "mov"])
  func `is fitted as it is shown, and written as it was`(ending: String) throws {
    let still = try folder.writePixmap("a.ppm", PixelSize(width: 96, height: 108)) { x, _ in
      x < 48 ? (255, 255, 255) : (0, 0, 0)
    }
    let square = try readImage(path: still, number: 0)
    let picture = FFmpegPicture(
      try FrameBuffer(takingFrom: try FFmpegPicture.of(square).frame), orientation: .upright,
      aspect: 2)
    let wide = Frame(
      stamp: FrameStamp(index: 0, seconds: 0), picture: picture, sourceBytes: 0, fileName: nil)
    try writePicture(wide, to: folder.file("a." + ending))
    let source = try openFrameSource(folder.file("a." + ending))
    #expect(source.information.size == PixelSize(width: 96, height: 108))
    #expect(source.information.shownSize == PixelSize(width: 192, height: 108))
    let frame = try #require(try source.next())
    let prepared = try Letterboxer(geometry: official).prepare(frame)
    #expect(prepared.letterbox.scaled == PixelSize(width: 640, height: 360))
    #expect(prepared.letterbox.frame == PixelSize(width: 96, height: 108))
    // The white half ends where the picture's own pixels say.
    let row = prepared.letterbox.top + 100
    let edge = (0..<640).first { prepared.tensor.colour($0, row)[0] < 128 } ?? 0
    let box = prepared.letterbox.frameFromModel(
      Box(x1: Float(edge), y1: 0, x2: 0, y2: 0))
    #expect(abs(box.x1 - 48) < 1, "\(box.x1)")
  }

  @Test(SharedData.needs("field/17-sar-lost/sar.mp4"))
  func `keeps its shape where people met it`() throws {
    let source = try openFrameSource(SharedData.path("field/17-sar-lost/sar.mp4"))
    #expect(source.information.size == PixelSize(width: 384, height: 432))
    #expect(source.information.shownSize == PixelSize(width: 768, height: 432))
    let frame = try #require(try source.next())
    try writePicture(frame, to: folder.file("o.mp4"))
    let written = try openFrameSource(folder.file("o.mp4")).information
    #expect(written.size == PixelSize(width: 384, height: 432))
    #expect(written.shownSize == PixelSize(width: 768, height: 432))
  }
}
