import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

@Suite struct `Hostile input` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a missing file is missing`() {
    let error = #expect(throws: SplitpipeError.self) {
      try openFrameSource("/nowhere/clip.mp4")
    }
    #expect(error?.kind == .missingInput)
    #expect(
      error?.message
        == "cannot open \"/nowhere/clip.mp4\": No such file or directory (2); check the path")
  }

  @Test(arguments: [
    ("a.mp4", "just some text, no video at all\n"), ("a.txt", "just some text\n"), ("a.mp4", ""),
    ("a.mkv", "\u{1A}"), ("a.jpg", "x"), ("a.mp4", "\0\0\0\u{18}ftypisom\0\0\0\0isom"),
    ("a.avi", "RIFF\0\0\0\0AVI LIST"), ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nhello\n"),
    ("a.bmp", "BM0000000000000000000000000000000000"), ("a.png", "\u{89}PNG\r\n"),
    ("a.m3u8", "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n"), ("a:b.mp4", "text"),
  ])
  func `a file that is no video is bad data, in a sentence that names it`(
    name: String, text: String
  ) throws {
    let path = try folder.write(name, text.utf8)
    let error = #expect(throws: SplitpipeError.self) { try openFrameSource(path) }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains(path) == true)
  }

  @Test func `an address that does not answer is unavailable`() {
    let error = #expect(throws: SplitpipeError.self) {
      try openFrameSource(
        "http://127.0.0.1:9/clip.mp4", settings: SourceSettings(networkTimeout: 2))
    }
    #expect(error?.kind == .unavailable)
  }

  @Test func `an unknown protocol is a missing input`() {
    let error = #expect(throws: SplitpipeError.self) { try openFrameSource("gopherx://a/b") }
    #expect(error?.kind == .missingInput)
  }

  @Test(
    SharedData.needs("data/video/car-detection.mp4", "data/video/bottle-detection.mp4"),
    arguments: ["car-detection.mp4", "bottle-detection.mp4"])
  func `a video cut short tells how much is missing or says why it cannot be read`(
    name: String
  ) throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: SharedData.path("data/video/" + name)))
    let count = name == "car-detection.mp4" ? 377 : 1189
    for length in [
      1, 8, 40, 1000, whole.count / 20, whole.count / 2, whole.count * 9 / 10, whole.count - 1,
    ] {
      let result = drain(try folder.write("cut.mp4", whole.prefix(length)))
      if let error = result.error {
        #expect(error.kind == .badData, "\(length): \(error)")
      } else {
        #expect(result.frames > 0 && result.frames <= count, "\(length) \(result)")
        #expect(result.frames + result.skipped >= count, "\(length) \(result)")
      }
    }
  }

  @Test(SharedData.needs("data/video/car-detection.mp4"), arguments: 0..<6)
  func `a video with damaged bytes skips frames or stops with a sentence`(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var bytes = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: SharedData.path("data/video/car-detection.mp4"))))
    for _ in 0..<[1, 20, 200, 2000, 20_000, 200_000][seed] {
      let place = Int.random(in: 5000..<bytes.count, using: &generator)
      bytes[place] = UInt8.random(in: 0...255, using: &generator)
    }
    let result = drain(try folder.write("damaged.mp4", bytes))
    if let error = result.error {
      #expect([.badData, .missingInput].contains(error.kind), "seed \(seed): \(error)")
    } else {
      #expect(result.frames > 0)
    }
    if seed >= 3 { #expect(result.skipped > 0 || result.error != nil, "seed \(seed) \(result)") }
  }

  @Test(arguments: 0..<60)
  func `a small video with one damaged byte or cut never does harm`(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let name = ["a.mp4", "a.mkv", "a.avi"][seed % 3]
    let path = try folder.writeQuadrants(name, PixelSize(width: 64, height: 48), frames: 4)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let place = bytes.indices.randomElement(using: &generator) ?? 0
    if seed % 2 == 0 {
      bytes[place] = UInt8.random(in: 0...255, using: &generator)
    } else {
      bytes = Array(bytes.prefix(place))
    }
    let result = drain(try folder.write(name, bytes))
    if let error = result.error {
      #expect(error.kind == .badData, "seed \(seed): \(error)")
    } else {
      #expect(result.frames <= 4, "seed \(seed) \(result)")
    }
  }
}
