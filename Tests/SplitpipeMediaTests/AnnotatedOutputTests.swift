import Foundation
import Glibc
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

@Suite struct `Annotated output` {
  let folder: TemporaryFolder
  let still: Frame
  let size = PixelSize(width: 160, height: 120)

  init() throws {
    folder = try TemporaryFolder()
    let path = try folder.writePixmap("still.ppm", size) { x, y in
      (UInt8(60 + x / 4), 80, UInt8(60 + y / 4))
    }
    guard let frame = try openFrameSource(path).next() else {
      throw SplitpipeError(.bug, "no picture")
    }
    still = frame
    try FileManager.default.removeItem(atPath: path)
  }

  private let detections = [
    Detection(box: Box(x1: 40, y1: 50, x2: 120, y2: 100), confidence: 0.87, classIndex: 1)
  ]

  @Test(arguments: ["mp4", "m4v", "mkv", "mov", "avi", "webm", "ts", "m2ts", "flv", "MP4", ""])
  func `a video has every frame at its time`(suffix: String) throws {
    let path = folder.file(suffix.isEmpty ? "plain" : "a." + suffix)
    let writer = try AnnotatedVideoWriter(path: path, classNames: ["a", "b"])
    let times = suffix == "avi" ? [0, 0.04, 0.08, 0.12] : [0, 0.04, 0.1, 0.5]
    for (index, time) in times.enumerated() {
      try writer.append(still.at(index, seconds: time), detections: detections)
    }
    #expect(!folder.contents.contains { !$0.hasPrefix(".") }, "nothing shows before the end")
    try writer.finish()
    #expect(folder.contents.count == 1)
    let source = try openFrameSource(path)
    #expect(source.information.size == size)
    var seen: [Double] = []
    while let frame = try source.next() { seen.append(frame.stamp.seconds) }
    #expect(seen.count == times.count)
    #expect(zip(seen, times).allSatisfy { abs($0 - $1) < 0.002 }, "\(seen)")
  }

  @Test func `times that do not grow are moved on, never refused`() throws {
    let writer = try AnnotatedVideoWriter(path: folder.file("a.mp4"), classNames: [])
    for (index, time) in [0, 0, 1, 0.5, -3, .nan, .infinity].enumerated() {
      try writer.append(still.at(index, seconds: time), detections: [])
    }
    try writer.finish()
    #expect(drain(folder.file("a.mp4")).frames == 7)
  }

  @Test(arguments: [
    PixelSize(width: 161, height: 121), PixelSize(width: 1, height: 1),
    PixelSize(width: 2, height: 301), PixelSize(width: 15, height: 8),
  ])
  func `odd and tiny sizes are written`(size: PixelSize) throws {
    let path = try folder.writePixmap("odd.ppm", size) { _, _ in (1, 2, 3) }
    let frame = try #require(try openFrameSource(path).next())
    let writer = try AnnotatedVideoWriter(path: folder.file("a.mp4"), classNames: [])
    try writer.append(frame, detections: detections)
    try writer.finish()
    let written = try openFrameSource(folder.file("a.mp4")).information.size
    #expect(written == PixelSize(width: max(2, size.width & ~1), height: max(2, size.height & ~1)))
  }

  @Test func `a frame of another size is scaled to the first`() throws {
    let path = try folder.writePixmap("other.ppm", PixelSize(width: 50, height: 200)) { _, _ in
      (255, 255, 255)
    }
    let other = try #require(try openFrameSource(path).next())
    let writer = try AnnotatedVideoWriter(path: folder.file("a.mp4"), classNames: [])
    try writer.append(still, detections: [])
    try writer.append(other.at(1, seconds: 1), detections: detections)
    try writer.finish()
    let source = try openFrameSource(folder.file("a.mp4"))
    _ = try source.next()
    let second = try #require(try source.next())
    #expect(second.picture.width == size.width)
    #expect(try pixels(of: second).colour(10, 110)[0] > 240)
  }

  @Test func `the box is drawn where it is and the frame itself stays as it was`() throws {
    let before = try pixels(of: still)
    let path = folder.file("a.png")
    try writePicture(still, detections: detections, classNames: ["a", "b"], to: path)
    let drawn = try pixels(of: try #require(try openFrameSource(path).next()))
    #expect(try pixels(of: still) == before)
    let colour = [86, 180, 233]
    for (x, y) in [(40, 75), (120, 75), (80, 50), (80, 100), (42, 40)] {
      let near = (-1...1).contains { shift in
        zip(drawn.colour(x + shift, y), colour).allSatisfy { abs($0 - $1) < 40 }
          || zip(drawn.colour(x, y + shift), colour).allSatisfy { abs($0 - $1) < 40 }
      }
      #expect(near, "\(x), \(y): \(drawn.colour(x, y))")
    }
    for (x, y) in [(80, 75), (10, 10), (150, 110)] {
      let shift = zip(drawn.colour(x, y), before.colour(x, y)).map { abs($0 - $1) }.max() ?? 0
      #expect(shift <= 2)
    }
  }

  @Test func `boxes outside the frame, without numbers or without a name do no harm`() throws {
    let wild = [
      Detection(
        box: Box(x1: -1e9, y1: -50, x2: 1e9, y2: 1e30), confidence: .nan, classIndex: -7),
      Detection(
        box: Box(x1: .nan, y1: 0, x2: .infinity, y2: 1), confidence: 2, classIndex: .max),
      Detection(box: Box(x1: 90, y1: 90, x2: 10, y2: 10), confidence: -1, classIndex: .min),
    ]
    try writePicture(
      still, detections: wild, classNames: ["Straße \u{0}\u{1F697}"], to: folder.file("a.png"))
    #expect(drain(folder.file("a.png")).frames == 1)
  }

  @Test(arguments: ["a.png", "a.jpg"])
  func `an image takes one frame and says so at the second`(name: String) throws {
    let writer = try AnnotatedVideoWriter(path: folder.file(name), classNames: [])
    try writer.append(still, detections: detections)
    try writer.finish()
    #expect(drain(folder.file(name)).frames == 1)
    let second = try AnnotatedVideoWriter(path: folder.file("b-" + name), classNames: [])
    try second.append(still, detections: [])
    let error = #expect(throws: SplitpipeError.self) {
      try second.append(still.at(1, seconds: 1), detections: [])
    }
    #expect(error?.kind == .usage)
    #expect(folder.contents == [name])
  }

  @Test func `giving up leaves nothing, and leaves what was there before`() throws {
    try folder.write("a.mp4", "the old one".utf8)
    let writer = try AnnotatedVideoWriter(path: folder.file("a.mp4"), classNames: [])
    try writer.append(still, detections: [])
    writer.cancel()
    #expect(folder.contents == ["a.mp4"])
    #expect(try String(contentsOfFile: folder.file("a.mp4"), encoding: .utf8) == "the old one")
    do {
      _ = try AnnotatedVideoWriter(path: folder.file("b.mp4"), classNames: [])
    }
    #expect(folder.contents == ["a.mp4"])
    let empty = try AnnotatedVideoWriter(path: folder.file("c.mp4"), classNames: [])
    try empty.finish()
    #expect(folder.contents == ["a.mp4"])
  }

  @Test(arguments: ["missing/a.mp4", "", "sub/", "file/a.mp4"])
  func `a place that cannot be written is found out before the work`(name: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("sub"), withIntermediateDirectories: false)
    try folder.write("file", [])
    let error = #expect(throws: SplitpipeError.self) {
      try AnnotatedVideoWriter(path: folder.file(name), classNames: [])
    }
    #expect(error?.kind == .cannotWrite)
    #expect(error?.message.hasPrefix("cannot write \"\(folder.file(name))\": ") == true)
  }

  @Test(arguments: ["wav", "m3u8", "mpd", "mpg", "mp5", "part", "mp4 "])
  func `an ending of nothing we write is a usage error that names those we do`(ending: String) {
    let error = #expect(throws: SplitpipeError.self) {
      try AnnotatedVideoWriter(path: folder.file("a." + ending), classNames: [])
    }
    #expect(error?.kind == .usage)
    for word in [".mp4, .m4v, .mov, .mkv, .webm, .avi, .ts", ".png, .jpg, .jpeg", "a.\(ending)\""] {
      #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }
    #expect(folder.contents.isEmpty)
  }

  @Test func `a device that takes nothing is a sentence`() throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("a.mp4"), withDestinationPath: "/dev/full")
    try expectFullDisk(folder.file("a.mp4"))
  }

  @Test(.enabled(if: FullDisk.canMount, "mounting a small tmpfs is not permitted here"))
  func `a full disk is a sentence and leaves nothing`() throws {
    let disk = try FullDisk(at: folder.file("disk"), bytes: 32768)
    try expectFullDisk(disk.path + "/a.mp4")
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
    let picture = try AnnotatedVideoWriter(path: disk.path + "/a.png", classNames: [])
    let error = #expect(throws: SplitpipeError.self) {
      try picture.append(try noise(600, 1), detections: [])
    }
    #expect(error?.kind == .cannotWrite)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
  }

  private func noise(_ side: Int, _ seed: Int) throws -> Frame {
    var generator = SeededGenerator(seed: UInt64(seed))
    let path = try folder.writePixmap("noise.ppm", PixelSize(width: side, height: side)) { _, _ in
      (.random(in: 0...255, using: &generator), .random(in: 0...255, using: &generator), 0)
    }
    return try #require(try openFrameSource(path).next())
  }

  /// Noise does not compress: it soon fills what room there is.
  private func expectFullDisk(_ path: String) throws {
    let error = #expect(throws: SplitpipeError.self) {
      let writer = try AnnotatedVideoWriter(path: path, classNames: [])
      let frame = try noise(200, 7)
      for index in 0..<40 {
        try writer.append(frame.at(index, seconds: Double(index)), detections: detections)
      }
      try writer.finish()
    }
    #expect(error?.kind == .cannotWrite)
    #expect(error?.message.contains("No space left on device") == true, "\(error?.message ?? "")")
  }
}

/// A file system in memory that is full after a few bytes.
final class FullDisk {
  let path: String

  static let canMount: Bool = {
    guard let folder = try? TemporaryFolder() else { return false }
    return (try? FullDisk(at: folder.file("probe"), bytes: 8192)) != nil
  }()

  init(at path: String, bytes: Int) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    guard unsafe mount("none", path, "tmpfs", 0, "size=\(bytes)") == 0 else {
      throw SplitpipeError(.cannotWrite, "cannot mount")
    }
    self.path = path
  }

  deinit { unsafe umount2(path, Int32(MNT_DETACH)) }
}
