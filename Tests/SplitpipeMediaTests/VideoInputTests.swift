import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

@Suite struct `Reading videos` {
  @Test(
    SharedData.needs("data/video/car-detection.mp4", "data/video/bottle-detection.mp4"),
    arguments: [
      ("car-detection.mp4", 377, PixelSize(width: 768, height: 432), 12.5, 2_318_299),
      ("bottle-detection.mp4", 1189, PixelSize(width: 640, height: 360), 29.8, 490_000),
    ])
  func `a video gives every frame, in order, with its own bytes`(
    name: String, count: Int, size: PixelSize, rate: Double, videoBytes: Int
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
      if frames == 0 { #expect(frame.stamp.seconds == 0) }
      last = frame.stamp.seconds
      bytes += frame.sourceBytes
      frames += 1
    }
    #expect(frames == count)
    #expect(source.skipped == 0)
    #expect(abs(bytes - videoBytes) <= videoBytes / 50, "\(bytes)")
    #expect(abs((source.information.totalBytes ?? 0) - bytes) <= bytes / 50)
    #expect(abs(last - Double(count - 1) / rate) < 0.5)
    let after = try source.next()
    #expect(after == nil)
  }

  @Test(SharedData.needs("data/video/bottle-detection.mp4"))
  func `memory stays flat over a long video`() throws {
    let source = try openFrameSource(SharedData.path("data/video/bottle-detection.mp4"))
    let letterboxer = Letterboxer(
      geometry: InputGeometry(
        size: .rectangular(longest: 96, stride: 32), placement: .centred, channelOrder: .rgb,
        byteScale: 1))
    var early = 0
    var frames = 0
    while let frame = try source.next() {
      _ = try letterboxer.prepare(frame)
      frames += 1
      if frames == 200 { early = try residentBytes() }
    }
    // Tests beside this one share the process; a leak of one frame each would be 340 MB.
    #expect(try residentBytes() - early < 100_000_000)
  }

  /// Display matrices (a, b, c, d) and the coded quadrant seen at shown (0,0), (1,0), (0,1), (1,1).
  static let turns: [(matrix: [Int32], seen: [(Int, Int)])] = [
    ([1, 0, 0, 1], [(0, 0), (1, 0), (0, 1), (1, 1)]),
    ([0, 1, -1, 0], [(0, 1), (0, 0), (1, 1), (1, 0)]),
    ([-1, 0, 0, -1], [(1, 1), (0, 1), (1, 0), (0, 0)]),
    ([0, -1, 1, 0], [(1, 0), (1, 1), (0, 0), (0, 1)]),
    ([-1, 0, 0, 1], [(1, 0), (0, 0), (1, 1), (0, 1)]),
    ([0, 1, 1, 0], [(0, 0), (0, 1), (1, 0), (1, 1)]),
  ]

  @Test(arguments: turns)
  func `a video is read the way its display matrix shows it`(
    matrix: [Int32], seen: [(Int, Int)]
  ) throws {
    let folder = try TemporaryFolder()
    let path = try folder.writeQuadrants("a.mp4", PixelSize(width: 96, height: 64), frames: 3)
    try setMatrix(matrix, of: path)
    let source = try openFrameSource(path)
    let isTurned = matrix[0] == 0
    let size = PixelSize(width: isTurned ? 64 : 96, height: isTurned ? 96 : 64)
    #expect(source.information.size == size)
    let frame = try #require(try source.next())
    try expectQuadrants(frame, seen)
    // What is drawn and written is upright as well, with no matrix left.
    try writePicture(frame, to: folder.file("a.png"))
    let copy = try #require(try openFrameSource(folder.file("a.png")).next())
    try expectQuadrants(copy, seen)
  }

  private func expectQuadrants(_ frame: Frame, _ seen: [(Int, Int)]) throws {
    let tensor = try pixels(of: frame)
    let (width, height) = (frame.picture.width, frame.picture.height)
    for (place, quadrant) in seen.enumerated() {
      let found = tensor.colour(
        width * (1 + 2 * (place % 2)) / 4, height * (1 + 2 * (place / 2)) / 4)
      let colour = quadrantColour(quadrant.0, quadrant.1)
      let wanted = [Int(colour.0), Int(colour.1), Int(colour.2)]
      #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 30 }, "\(found) is not \(wanted)")
    }
  }

  /// Writes a display matrix into the track header of an MP4 (ISO 14496-12, `tkhd`).
  private func setMatrix(_ matrix: [Int32], of path: String) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let tag = Array("tkhd".utf8)
    let place = try #require(
      bytes.indices.dropLast(80).first { Array(bytes[$0..<$0 + 4]) == tag })
    for (index, value) in zip([0, 1, 3, 4], matrix) {
      for byte in 0..<4 {
        let shifted = UInt32(bitPattern: value << 16) >> UInt32(24 - 8 * byte)
        bytes[place + 44 + index * 4 + byte] = UInt8(truncatingIfNeeded: shifted)
      }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}

/// Resident memory of this process.
func residentBytes() throws -> Int {
  let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
  return (Int(fields[1]) ?? 0) * 4096
}
