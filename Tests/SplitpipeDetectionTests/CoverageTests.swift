import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeDetection

/// What is said of labels and frames that do not meet.
struct CoverageTests {
  private static func truth(_ files: [String]) throws -> Truth {
    let folder = try TemporaryFolder()
    for file in files { try folder.write(file, "0 0.5 0.5 0.1 0.1\n") }
    var options = TruthOptions()
    options.video = .init(name: "s.mp4", frameCount: nil)
    return try Truth(path: folder.path, classNames: ["a"], options: options)
  }

  private static func check(
    _ truth: Truth, covered: Int, of frames: Int, isWhole: Bool = true
  ) throws -> [String] {
    try truth.check(
      covered: covered, of: frames, isWhole: isWhole, isVideo: true, input: "s.mp4")
  }

  @Test func `nothing is said where all meet`() throws {
    #expect(try Self.check(Self.truth(["0.txt", "1.txt"]), covered: 2, of: 2) == [])
  }

  @Test func `frames without a label file and labels without a frame are said`() throws {
    let truth = try Self.truth(["0.txt", "1.txt", "7.txt"])
    let notes = try Self.check(truth, covered: 2, of: 5)
    #expect(notes.count == 2)
    #expect(notes[0].contains("3 of the 5 frames read of \"s.mp4\" have no label file"))
    #expect(notes[1].contains("1 of its 3 labelled frames were not reached"))
    #expect(notes[1].contains("begin at number 7 from 0"))
    // The user wanted no more of them.
    #expect(try Self.check(truth, covered: 2, of: 2, isWhole: false) == [])
  }

  @Test func `labels of none of the frames are refused`() throws {
    let truth = try Self.truth(["0.txt", "7.txt"])
    let error = try #require(throws: SplitpipeError.self) {
      try Self.check(truth, covered: 0, of: 5)
    }
    #expect(error.kind == .badData)
    #expect(error.message.contains("cover none of the 5 frames read of \"s.mp4\""))
  }
}
