import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

@Suite struct `An input that is not whole` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A video of noise, whose frames take some bytes each: 25 a second.
  private func video(_ name: String, frames: Int, from first: Int = 0) throws -> [UInt8] {
    let path = try writeNoise(folder, name, frames: frames, from: first)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func `gives what came before a server hung up, then says so`() throws {
    let bytes = try video("a.ts", frames: 40)
    let server = try LoopbackServer { _ in
      var reply = LoopbackServer.Reply(body: bytes)
      reply.sent = bytes.count * 3 / 4
      return reply
    }
    let result = drain(server.address("/a.ts"))
    #expect((20..<40).contains(result.frames), "\(result)")
    #expect(result.error?.kind == .unavailable)
    #expect(result.error?.message.contains("broke off after \(result.frames) frames") == true)
  }

  @Test func `is whole where the server does not say how much it sends`() throws {
    let bytes = try video("a.ts", frames: 12)
    let server = try LoopbackServer { _ in
      var reply = LoopbackServer.Reply(body: bytes)
      reply.announcesLength = false
      return reply
    }
    let result = drain(server.address("/a.ts"))
    #expect(result.frames == 12 && result.error == nil && result.skipped == 0, "\(result)")
  }

  @Test func `is whole as pictures one after another, as cameras send them`() throws {
    var generator = SeededGenerator(seed: 3)
    // More than is read to find out what it is.
    let path = try folder.writePixmap("a.ppm", PixelSize(width: 320, height: 240)) { _, _ in
      (.random(in: 0...255, using: &generator), .random(in: 0...255, using: &generator), 0)
    }
    try writePicture(try #require(try openFrameSource(path).next()), to: folder.file("a.jpg"))
    let picture = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.jpg")))
    var body = [UInt8]()
    for _ in 0..<5 {
      let head =
        "\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n"
      body += Array(head.utf8) + picture
    }
    let stream = body
    let server = try LoopbackServer { request in
      var reply = LoopbackServer.Reply(body: request.path == "/one" ? [UInt8](picture) : stream)
      reply.fields["Content-Type"] =
        request.path == "/one" ? "image/jpeg" : "multipart/x-mixed-replace; boundary=frame"
      reply.announcesLength = false
      return reply
    }
    let several = drain(server.address("/stream"))
    #expect(several.frames == 5 && several.error == nil, "\(several)")
    let one = drain(server.address("/one"))
    #expect(one.frames == 1 && one.error == nil, "\(one)")
  }

  @Test func `is named where the index of an MP4 cannot be reached`() throws {
    // More than FFmpeg keeps of what it has read.
    let bytes = try video("a.mp4", frames: 300)
    let server = try LoopbackServer { _ in LoopbackServer.Reply(body: bytes) }
    let result = drain(server.address("/a.mp4"))
    #expect(result.error?.kind == .badData)
    #expect(result.error?.message.contains("+faststart") == true, "\(result)")
  }

  @Test func `counts what a cut Matroska file lacks, and says why`() throws {
    let bytes = try video("a.mkv", frames: 20)
    let path = try folder.write("cut.mkv", bytes.prefix(bytes.count * 6 / 10))
    let source = try openFrameSource(path)
    var frames = 0
    while try source.next() != nil { frames += 1 }
    #expect(frames > 5 && frames < 20)
    #expect(source.skipped == 20 - frames)
    #expect(source.notes.contains { $0.contains("ended prematurely") }, "\(source.notes)")
  }

  @Test(arguments: [[0], [1], [2], [1, 2]])
  func `counts the frames of segments that are not there, and says which`(missing: [Int]) throws {
    var list = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"
    for index in 0..<3 {
      try writeNoise(folder, "s\(index).ts", frames: 10, from: 25 + 10 * index)
      list += "#EXTINF:0.4,\ns\(index).ts\n"
      if missing.contains(index) {
        try FileManager.default.removeItem(atPath: folder.file("s\(index).ts"))
      }
    }
    let path = try folder.write("a.m3u8", list + "#EXT-X-ENDLIST\n")
    let source = try openFrameSource(path)
    var numbers: [Int] = []
    while let frame = try source.next() { numbers.append(frame.stamp.index) }
    #expect(numbers.count == 30 - 10 * missing.count)
    #expect(source.skipped == 10 * missing.count)
    #expect(!source.notes.isEmpty)
    if missing == [1] { #expect(numbers.last == 29) }
  }

  @Test func `says nothing of a video whose frames last as long as they like`() throws {
    let path = folder.file("slow.mkv")
    let writer = try AnnotatedVideoWriter(path: path, classNames: [])
    let still = try folder.writePixmap("a.ppm", PixelSize(width: 64, height: 48)) { _, _ in
      (1, 2, 3)
    }
    let frame = try #require(try openFrameSource(still).next())
    for (index, time) in [0, 0.04, 0.08, 5, 5.04, 9].enumerated() {
      try writer.append(frame.at(index, seconds: time), detections: [])
    }
    try writer.finish()
    let source = try openFrameSource(path)
    var numbers: [Int] = []
    while let frame = try source.next() { numbers.append(frame.stamp.index) }
    #expect(numbers == Array(0..<6) && source.skipped == 0 && source.notes.isEmpty)
  }

  @Test(
    SharedData.needs(
      "field/18-hls-missing-segment/cut.mkv", "field/18-hls-missing-segment/pl.m3u8"),
    // The one does not say how long it should be.
    arguments: [("cut.mkv", 10, 1), ("pl.m3u8", 5, 5)])
  func `is counted where people met it`(name: String, frames: Int, skipped: Int) {
    let result = drain(SharedData.path("field/18-hls-missing-segment/" + name))
    #expect(result.frames == frames && result.skipped == skipped && result.error == nil)
  }
}

/// A video of frames that are all different, 25 a second, whose times begin with those of frame `first`.
@discardableResult
func writeNoise(
  _ folder: TemporaryFolder, _ name: String, frames: Int, from first: Int = 0
) throws -> String {
  var generator = SeededGenerator(seed: 11)
  var settings = WriterSettings()
  settings.framesPerSecond = 25
  let writer = try AnnotatedVideoWriter(path: folder.file(name), classNames: [], settings: settings)
  for index in 0..<frames {
    let path = try folder.writePixmap("noise.ppm", PixelSize(width: 96, height: 64)) { _, _ in
      (.random(in: 0...255, using: &generator), UInt8(4 * (first + index) % 256), 0)
    }
    let frame = try readImage(path: path, number: 0)
    try writer.append(
      frame.at(index, seconds: Double(first + index) / 25), detections: [])
  }
  try writer.finish()
  try FileManager.default.removeItem(atPath: folder.file("noise.ppm"))
  return folder.file(name)
}
