import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

/// EXIF data (a TIFF directory) with one entry.
private func exif(_ orientation: Int, isLittle: Bool = true) -> [UInt8] {
  let tag = UInt8(orientation)
  let little: [UInt8] = [
    0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, tag, 0, 0, 0, 0, 0, 0, 0,
  ]
  let big: [UInt8] = [
    0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, tag, 0, 0, 0, 0, 0, 0,
  ]
  return isLittle ? little : big
}

/// A TIFF file of uncompressed pixels, three bytes each, with further tags of one short.
private func tiff(
  _ size: PixelSize, _ pixels: [UInt8], tags: [(tag: Int, value: Int)]
) -> [UInt8] {
  func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  let usual = [
    (256, size.width), (257, size.height), (258, 8), (259, 1), (262, 2), (273, 8), (277, 3),
    (278, size.height), (279, pixels.count), (284, 1),
  ]
  let all = (usual.filter { entry in !tags.contains { $0.tag == entry.0 } } + tags.map { ($0, $1) })
    .sorted { $0.0 < $1.0 }
  let directory =
    number(all.count, 2)
    + all.flatMap { tag, value in number(tag, 2) + number(4, 2) + number(1, 4) + number(value, 4) }
    + number(0, 4)
  let padding = [UInt8](repeating: 0, count: pixels.count % 2)
  return Array("II*\0".utf8) + number(8 + pixels.count + padding.count, 4) + pixels + padding
    + directory
}

@Suite struct `Pictures that say how they are to be turned` {
  let folder: TemporaryFolder
  /// 3 × 2, each pixel another red.
  private let size = PixelSize(width: 3, height: 2)
  private let coded = [[0, 40, 80], [120, 160, 200]]
  /// Rows as shown for EXIF's 1…8 (EXIF 2.3, 4.6.4: where row 0 and column 0 lie).
  private static let shown: [[[Int]]] = [
    [[0, 40, 80], [120, 160, 200]], [[80, 40, 0], [200, 160, 120]],
    [[200, 160, 120], [80, 40, 0]], [[120, 160, 200], [0, 40, 80]],
    [[0, 120], [40, 160], [80, 200]], [[120, 0], [160, 40], [200, 80]],
    [[200, 80], [160, 40], [120, 0]], [[80, 200], [40, 160], [0, 120]],
  ]

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: 1...8)
  func `are turned so: TIFF`(orientation: Int) throws {
    let pixels: [UInt8] = coded.joined().flatMap { red -> [UInt8] in [UInt8(red), 0, 0] }
    let path = try folder.write("a.tif", tiff(size, pixels, tags: [(274, orientation)]))
    let frame = try #require(try openFrameSource(path).next())
    let wanted = Self.shown[orientation - 1]
    #expect(frame.picture.width == wanted[0].count && frame.picture.height == wanted.count)
    let tensor = try SplitpipeMediaTests.pixels(of: frame)
    for (y, row) in wanted.enumerated() {
      for (x, red) in row.enumerated() {
        #expect(abs(tensor.colour(x, y)[0] - red) <= 2, "\(orientation): \(x), \(y)")
      }
    }
  }

  @Test func `keep their shades of grey, whatever the format`() throws {
    let shades = (0..<256).map { UInt8($0) }
    let size = PixelSize(width: 256, height: 1)
    let grey = tiff(size, shades, tags: [(262, 1), (277, 1)])
    for (name, bytes) in [("a.tif", grey), ("a.pgm", Array("P5\n256 1\n255\n".utf8) + shades)] {
      let frame = try readImage(path: try folder.write(name, bytes), number: 0)
      let tensor = try SplitpipeMediaTests.pixels(of: frame)
      for shade in 0..<256 {
        #expect(tensor.colour(shade, 0).allSatisfy { abs($0 - shade) <= 1 }, "\(name): \(shade)")
      }
    }
  }

  @Test(arguments: 1...8, [true, false])
  func `are turned so: PNG and WebP, in either byte order`(orientation: Int, isLittle: Bool) throws
  {
    let data = exif(orientation, isLittle: isLittle)
    let wanted = Orientation(exif: orientation)
    func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }
    func little(_ value: Int) -> [UInt8] { big(value).reversed() }
    var png: [UInt8] = [0x89] + Array("PNG\r\n\u{1A}\n".utf8)
    png += big(1) + Array("abcd".utf8) + [7] + big(0)
    png += big(data.count) + Array("eXIf".utf8) + data + big(0)
    #expect(Orientation(png, kind: .png) == wanted)
    for mark in ["", "Exif\0\0"] {
      let chunk = Array(mark.utf8) + data
      var webp = Array("RIFF".utf8) + little(0) + Array("WEBP".utf8)
      webp += Array("VP8L".utf8) + little(1) + [9, 0]
      webp += Array("EXIF".utf8) + little(chunk.count) + chunk
      #expect(Orientation(webp, kind: .webp) == wanted)
    }
  }

  @Test(SharedData.needs("field/14-exif-png-webp-tiff/exif6.png"))
  func `are alike in every format`() throws {
    for name in ["exif6.jpg", "exif6.png"] {
      let frame = try readImage(
        path: SharedData.path("field/14-exif-png-webp-tiff/" + name), number: 0)
      #expect(frame.picture.width > frame.picture.height, "\(name)")
    }
  }

  @Test(arguments: 0..<200)
  func `never do harm, whatever their bytes`(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var bytes = exif(6, isLittle: seed % 2 == 0)
    for _ in 0..<Int.random(in: 0...8, using: &generator) {
      let place = bytes.indices.randomElement(using: &generator) ?? 0
      bytes[place] = .random(in: 0...255, using: &generator)
    }
    bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
    if let tag = PictureTags(bytes[...])?.exifOrientation { #expect((1...8).contains(tag)) }
    for kind in [ImageKind.png, .webp, .tiff, .jpeg] { _ = Orientation(bytes + bytes, kind: kind) }
  }
}

@Suite struct `Pictures that would be read wrong are refused:` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func refusal(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = try folder.write(name, bytes)
    let error = #expect(throws: SplitpipeError.self) { try openFrameSource(path) }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("\"\(path)\"") == true)
    return error?.message ?? ""
  }

  @Test(arguments: [6, 7])
  func `JPEG inside TIFF`(compression: Int) throws {
    let bytes = tiff(
      PixelSize(width: 1, height: 1), [1, 2, 3], tags: [(259, compression)])
    #expect(try refusal("a.tif", bytes).contains("TIFF file that holds a JPEG"))
  }

  @Test(SharedData.needs("field/15-tiff-jpeg/hopper_jpg.tif"))
  func `JPEG inside TIFF, one that people have`() throws {
    try FileManager.default.copyItem(
      atPath: SharedData.path("field/15-tiff-jpeg/hopper_jpg.tif"),
      toPath: folder.file("hopper.tif"))
    try folder.writePixmap("b.ppm", PixelSize(width: 4, height: 4)) { _, _ in (1, 2, 3) }
    let source = try openFrameSource(folder.path)
    while try source.next() != nil {}
    #expect(source.skipped == 1)
    #expect(
      source.notes.contains { $0.contains("hopper.tif\": it is a TIFF file that holds a JPEG") })
  }

  @Test func `a camera's raw data, an animation and what phones write`() throws {
    let raw = tiff(PixelSize(width: 1, height: 1), [1, 2, 3], tags: [(50706, 1)])
    #expect(try refusal("a.dng", raw).contains("DNG"))
    var webp = Array("RIFF".utf8) + [30, 0, 0, 0]
    webp += Array("WEBPVP8X".utf8) + [10, 0, 0, 0, 2, 0, 0, 0, 0]
    #expect(try refusal("a.webp", webp).contains("animated WebP"))
    for brand in ["heic", "mif1", "avif"] {
      let bytes: [UInt8] = [0, 0, 0, 24] + Array("ftyp\(brand)".utf8) + [0, 0, 0, 0]
      #expect(try refusal("a.heic", bytes).contains("convert it to JPEG or PNG"))
    }
  }

  @Test func `a Git LFS pointer, as a picture and as a video`() throws {
    let pointer = Array(
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 77\n".utf8)
    for name in ["a.jpg", "a.mp4"] {
      #expect(try refusal(name, pointer).contains("git lfs pull"))
    }
    try FileManager.default.removeItem(atPath: folder.file("a.mp4"))
    let error = #expect(throws: SplitpipeError.self) { try openFrameSource(folder.path) }
    #expect(error?.message.contains("git lfs pull") == true)
  }
}
