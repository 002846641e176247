import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeDetection

/// Which label is for which frame of a video.
struct FrameNumberingTests {
  private static func numbering(
    _ names: [String], ids: [Int]? = nil, frames: Int? = nil, video: String = "s.mp4",
    first: Int? = nil
  ) throws -> FrameNumbering {
    try FrameNumbering(
      names.enumerated().map { .init(id: ids?[$0], name: $1.isEmpty ? nil : $1) },
      video: .init(name: "clips/" + video, frameCount: frames), first: first, labels: "labels")
  }

  @Test(arguments: [
    ("frame_000012.PNG", 12, "frame", true), ("12.txt", 12, "", false),
    ("s_12.txt", 12, "s", false), ("s.mp4#12", 12, "s.mp4", false), ("a/b-007", 7, "b", true),
    ("frame_000012_png.rf.0a1b2c3d4e5f60718293a4b5c6d7e8f9.jpg", 12, "frame", true),
    ("shot.0012.jpg", 12, "shot", true), ("c:\\x\\y 3.JPG", 3, "y", false),
    ("img.jpg", nil, "img", false), ("1234567890123456789.txt", nil, "", false),
    ("", nil, "", false), ("0.txt", 0, "", false),
  ])
  func `a name is taken apart`(_ name: String, _ number: Int?, _ prefix: String, _ isPadded: Bool) {
    let found = NumberedName(name)
    #expect(
      found.number == number && found.prefix == prefix && found.isPadded == isPadded, "\(found)")
  }

  @Test func `names decide before ids`() throws {
    let cvat = try Self.numbering(
      ["frame_000000.PNG", "frame_000001.PNG", "frame_000002.PNG"], ids: [1, 2, 3], frames: 3)
    #expect(cvat.items == [0: 0, 1: 1, 2: 2] && cvat.notes.isEmpty)
    let roboflow = try Self.numbering(
      ["s-0002_jpg.rf.1f.jpg", "s-0000_jpg.rf.2e.jpg", "s-0001_jpg.rf.3d.jpg"], ids: [7, 8, 9])
    #expect(roboflow.items == [2: 0, 0: 1, 1: 2])
    let ids = try Self.numbering(["s.mp4", "s.mp4", ""], ids: [0, 2, 1], frames: 3)
    #expect(ids.items == [0: 0, 2: 1, 1: 2])
  }

  @Test(
    arguments: [
      // Its last number is the number of frames.
      ([1, 5, 30], nil as [Int]?, 30 as Int?, "%05d.txt"), ([30], nil, 30, "frame_%05d.jpg"),
      // Ids count from 0 what names count from 1.
      ([1, 5, 9], [0, 4, 8], nil, "x%05d.jpg"),
      // Ultralytics.
      ([3, 12], nil, 30, "s_%d.txt"),
      // All from 1.
      ([1, 2, 3], nil, nil, "%d.txt"), ([1, 2, 3], [1, 2, 3], 30, "a_%06d.jpg"),
    ] as [([Int], [Int]?, Int?, String)])
  func `the first frame is 1 where something shows it, and it is said`(
    _ numbers: [Int], _ ids: [Int]?, _ frames: Int?, _ form: String
  ) throws {
    let names = numbers.map { Self.fill(form, $0) }
    let found = try Self.numbering(names, ids: ids, frames: frames)
    #expect(found.frames == numbers.map { $0 - 1 })
    #expect(found.notes.count == 1)
    #expect(found.notes[0].contains("--truth-start 0"))
    let other = try Self.numbering(names, ids: ids, first: 0)
    #expect(other.frames == numbers && other.notes.isEmpty)
  }

  @Test(
    arguments: [
      ([0, 4, 9], nil as [Int]?, 10 as Int?, "%05d.txt", 0), ([4, 9], nil, 30, "s.mp4#%d", 0),
      // Ids from 0 are the contract, and no names speak against it.
      ([4, 9], [4, 9], 30, "x_%d.jpg", 1), ([4, 9], [4, 9], nil, "", 1),
    ] as [([Int], [Int]?, Int?, String, Int)])
  func `the first frame is 0 where it is there, or where the form promises it`(
    _ numbers: [Int], _ ids: [Int]?, _ frames: Int?, _ form: String, _ notes: Int
  ) throws {
    let found = try Self.numbering(
      numbers.map { Self.fill(form, $0) }, ids: ids, frames: frames)
    #expect(found.frames == numbers)
    #expect(found.notes.count == notes, "\(found.notes)")
  }

  @Test(
    arguments: [
      ([3, 9], nil as [Int]?, 30 as Int?, "%05d.txt", "begin at the number 3"),
      ([3, 9], nil, nil, "t_%d.txt", "begin at the number 3"),
      ([10, 20], [1, 2], 30, "frame_%06d.jpg", "begin at the number 10"),
      (Array(1...9), nil, 10, "%d.txt", "numbered 1 to 9 and the video has 10 frames"),
    ] as [([Int], [Int]?, Int?, String, String)])
  func `what would be a coin flip is refused with the way to say it`(
    _ numbers: [Int], _ ids: [Int]?, _ frames: Int?, _ form: String, _ part: String
  ) throws {
    let names = numbers.map { Self.fill(form, $0) }
    let error = try #require(throws: SplitpipeError.self) {
      try Self.numbering(names, ids: ids, frames: frames)
    }
    #expect(error.kind == .badData)
    #expect(error.message.contains(part) && error.message.contains("--truth-start 1"))
    for first in [0, 1] {
      let found = try Self.numbering(names, ids: ids, frames: frames, first: first)
      #expect(found.frames == numbers.map { $0 - first })
    }
  }

  @Test func `names without numbers, and twice the same, are refused`() throws {
    let without = try #require(throws: SplitpipeError.self) {
      try Self.numbering(["1.txt", "b.txt"])
    }
    #expect(without.message.contains("\"b.txt\" does not end in a frame number"))
    let twice = try #require(throws: SplitpipeError.self) {
      try Self.numbering(["a1.txt", "b1.txt"])
    }
    #expect(twice.message.contains("two of its names end in the frame number 1"))
    let zero = try #require(throws: SplitpipeError.self) {
      try Self.numbering(["0.txt", "1.txt"], first: 1)
    }
    #expect(zero.kind == .usage)
  }

  @Test func `of labels of several videos those named after this one are used`() throws {
    let found = try Self.numbering(["s/0.jpg", "t/0.jpg", "s/1.jpg"], ids: [0, 1, 2])
    #expect(found.items == [0: 0, 1: 2])
    #expect(found.notes.first?.contains("of its 3 images or files the 2 named after") == true)
  }

  @Test func `frames beyond the end are said, and nothing but those is refused`() throws {
    let some = try Self.numbering(["0.txt", "9.txt", "11.txt"], frames: 10)
    #expect(some.notes.count == 1)
    #expect(some.notes[0].contains("1 of its 3 labelled frames lie beyond the 10 frames"))
    let error = try #require(throws: SplitpipeError.self) {
      try Self.numbering(["20.txt", "21.txt"], frames: 10, first: 0)
    }
    #expect(error.kind == .badData && error.message.contains("has 10 frames"))
  }

  /// `%d` or `%05d` in a form.
  private static func fill(_ form: String, _ number: Int) -> String {
    var text = form
    for width in [5, 6] {
      let digits = String(number)
      text = text.replacing(
        "%0\(width)d", with: String(repeating: "0", count: max(0, width - digits.count)) + digits)
    }
    return text.replacing("%d", with: String(number))
  }
}
