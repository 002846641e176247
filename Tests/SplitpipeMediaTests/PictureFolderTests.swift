import Foundation
import Glibc
import SplitpipeCore
import SplitpipeFiles
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

@Suite struct `A folder of pictures` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func picture(_ name: String) throws {
    let path = try folder.writePixmap(name, PixelSize(width: 4, height: 4)) { _, _ in (1, 2, 3) }
    #expect(path == folder.file(name))
  }

  @Test func `holds those of its subfolders and of links, and nothing that is hidden`() throws {
    for name in ["b.ppm", "sub/a.PPM", "sub/deep/c.ppm"] {
      try FileManager.default.createDirectory(
        atPath: (folder.file(name) as NSString).deletingLastPathComponent,
        withIntermediateDirectories: true)
      try picture(name)
    }
    for name in ["._b.ppm", ".hidden/d.ppm", "notes.txt", "sub/x.heic"] {
      try folder.write(name, "no picture")
    }
    let elsewhere = try TemporaryFolder()
    try elsewhere.writePixmap("e.ppm", PixelSize(width: 4, height: 4)) { _, _ in (1, 2, 3) }
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: elsewhere.path)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("sub/up"), withDestinationPath: folder.path)
    let found = try PictureFolder(folder.path)
    #expect(found.pictures == ["b.ppm", "link/e.ppm", "sub/a.PPM", "sub/deep/c.ppm"])
    #expect(found.unread == ["sub/x.heic"])
    let source = try openFrameSource(folder.path)
    var names: [String] = []
    while let frame = try source.next() { names.append(frame.fileName ?? "") }
    #expect(names == ["b.ppm", "e.ppm", "a.PPM", "c.ppm"])
    #expect(source.notes.count == 1 && source.notes[0].contains("\"sub/x.heic\""))
  }

  @Test func `names every picture that cannot be read, with the reason`() throws {
    try picture("a.ppm")
    try folder.write("b.jpg", "text")
    try folder.write("c.png", [])
    let source = try openFrameSource(folder.path)
    while try source.next() != nil {}
    #expect(source.skipped == 2)
    let note = try #require(source.notes.first)
    #expect(note.contains("2 pictures are skipped"))
    #expect(note.contains("b.jpg\" as video or image: its first bytes"))
    #expect(note.contains("c.png\" is empty"))
  }

  @Test func `has names that are not UTF-8, which are read and shown by their bytes`() throws {
    try picture("a.ppm")
    let odd = Array(folder.path.utf8) + [0x2F] + [0x63, 0xE9] + Array(".ppm".utf8)
    #expect(
      unsafe rename(folder.file("a.ppm"), odd.map { CChar(bitPattern: $0) } + [0]) == 0)
    let source = try openFrameSource(folder.path)
    let frame = try #require(try source.next())
    #expect(PathText.shown(frame.fileName ?? "") == "c\\xE9.ppm")
    let direct = try openFrameSource(PathText.text(odd))
    #expect(direct.information.size == PixelSize(width: 4, height: 4))
    // A video under such a name, written and read.
    let video = PathText.text(Array(folder.path.utf8) + [0x2F, 0xE9, 0x2E] + Array("mkv".utf8))
    let writer = try AnnotatedVideoWriter(path: video, classNames: [])
    try writer.append(frame, detections: [])
    try writer.finish()
    #expect(drain(video).frames == 1)
  }

  @Test func `is read from a picture on, one of several, under the numbers they have`() throws {
    for index in 0..<7 { try picture("\(index).ppm") }
    let source = try openFrameSource(
      folder.path, settings: SourceSettings(start: 2, every: 2))
    #expect(source.information.frameCount == 7)
    var numbers: [Int] = []
    while let frame = try source.next() { numbers.append(frame.stamp.index) }
    #expect(numbers == [2, 4, 6])
    let error = #expect(throws: SplitpipeError.self) {
      try openFrameSource(folder.path, settings: SourceSettings(start: 7))
    }
    #expect(error?.kind == .usage)
  }
}
