import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

@Suite struct `Reading images` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(SharedData.needs("data/coco128/images"))
  func `a folder gives its images sorted by name, each with its file's bytes`() throws {
    let path = SharedData.path("data/coco128/images")
    let source = try openFrameSource(path)
    #expect(source.information.frameCount == 128)
    #expect(source.information.framesPerSecond == nil)
    var names: [String] = []
    var bytes = 0
    while let frame = try source.next() {
      #expect(frame.stamp.index == names.count)
      names.append(try #require(frame.fileName))
      bytes += frame.sourceBytes
    }
    #expect(names.count == 128)
    #expect(names == names.sorted())
    #expect(names.first == "000000000009.jpg")
    #expect(bytes == source.information.totalBytes)
    #expect(source.skipped == 0)
  }

  @Test func `images are known by their bytes, and picked by extension in any case`() throws {
    let size = PixelSize(width: 40, height: 30)
    let seed = try folder.writePixmap("seed.PPM", size) { _, _ in (10, 200, 100) }
    let frame = try #require(try openFrameSource(seed).next())
    try writePicture(frame, to: folder.file("b.png"))
    let writer = try AnnotatedVideoWriter(path: folder.file("c.jpg"), classNames: [])
    try writer.append(frame, detections: [])
    try writer.finish()
    // A PNG under the name of a JPEG, with a name FFmpeg would read as a pattern.
    try FileManager.default.copyItem(atPath: folder.file("b.png"), toPath: folder.file("d%03d.JPG"))
    try folder.write(".hidden.jpg", [1, 2, 3])
    try folder.write("notes.txt", "no image".utf8)
    try FileManager.default.createDirectory(
      atPath: folder.file("e.jpg"), withIntermediateDirectories: false)
    let source = try openFrameSource(folder.path)
    var names: [String] = []
    while let frame = try source.next() {
      names.append(frame.fileName ?? "")
      #expect(PixelSize(width: frame.picture.width, height: frame.picture.height) == size)
      let colour = try pixels(of: frame).colour(20, 15)
      #expect(zip(colour, [10, 200, 100]).allSatisfy { abs($0 - $1) < 8 }, "\(colour)")
    }
    #expect(names == ["b.png", "c.jpg", "d%03d.JPG", "seed.PPM"])
    #expect(source.skipped == 0)
  }

  @Test(SharedData.needs("data/images/zidane.jpg"))
  func `damaged images among good ones are skipped and counted`() throws {
    let whole = try Data(
      contentsOf: URL(fileURLWithPath: SharedData.path("data/images/zidane.jpg")))
    try folder.write("0-text.jpg", "this is no picture".utf8)
    try folder.write("1-good.jpg", whole)
    try folder.write("2-half.jpg", whole.prefix(whole.count / 2))
    try folder.write("3-empty.jpg", [])
    try folder.write("4-good.jpg", whole)
    try folder.write("5-header.jpg", whole.prefix(200))
    let source = try openFrameSource(folder.path)
    var numbers: [Int] = []
    while let frame = try source.next() { numbers.append(frame.stamp.index) }
    #expect(numbers == [1, 4])
    #expect(source.skipped == 4)
  }

  @Test func `a photo taken upright with a turned camera is shown upright`() throws {
    let size = PixelSize(width: 64, height: 32)
    let path = try folder.writePixmap("a.ppm", size) { x, y in
      quadrantColour(x * 2 / 64, y * 2 / 32)
    }
    let frame = try #require(try openFrameSource(path).next())
    let writer = try AnnotatedVideoWriter(path: folder.file("a.jpg"), classNames: [])
    try writer.append(frame, detections: [])
    try writer.finish()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.jpg"))))
    // Exif: little-endian TIFF with one entry, Orientation (0x0112) = 6, turn a quarter clockwise.
    let exif: [UInt8] =
      Array("Exif\0\0II*\0".utf8) + [8, 0, 0, 0, 1, 0]
      + [0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0] + [0, 0, 0, 0]
    bytes.insert(contentsOf: [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif, at: 2)
    let turned = try #require(try openFrameSource(try folder.write("b.jpg", bytes)).next())
    #expect(turned.picture.width == 32)
    #expect(turned.picture.height == 64)
    let corner = try pixels(of: turned).colour(8, 16)
    #expect(corner[2] > 150 && corner[0] < 100, "\(corner)")
  }

  @Test func `a folder without images says what was looked for`() throws {
    try folder.write("labels.txt", "1 2 3".utf8)
    let error = #expect(throws: SplitpipeError.self) { try openFrameSource(folder.path) }
    #expect(error?.kind == .missingInput)
    #expect(error?.message.contains(".jpeg .jpg") == true)
    #expect(error?.message.contains("among 1 files") == true)
  }

  @Test func `a folder of unreadable images says how many and why`() throws {
    try folder.write("a.jpg", "text".utf8)
    try folder.write("b.png", [])
    let error = #expect(throws: SplitpipeError.self) { try openFrameSource(folder.path) }
    #expect(error?.kind == .badData)
    #expect(error?.message.hasPrefix("none of the 2 images of ") == true)
  }

  @Test func `a header that asks for a gigantic picture is refused before memory is`() throws {
    let path = try folder.write("a.ppm", "P6\n60000 60000\n255\n".utf8)
    let error = #expect(throws: SplitpipeError.self) { try openFrameSource(path) }
    #expect(error?.kind == .badData)
  }
}
