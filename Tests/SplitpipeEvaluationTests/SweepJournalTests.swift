import Foundation
import SplitpipeCore
import SplitpipeDetection
import SplitpipeTestSupport
import Testing

@testable import SplitpipeEvaluation

@Suite struct `The state of a sweep` {
  private let identity = ["dataset": "a", "model": "b"]

  private func result(_ number: Int) -> UnitResult {
    var plausibility = Plausibility()
    plausibility.boxes = number
    plausibility.outside = 2
    return UnitResult(
      size: PixelSize(width: 640 + number, height: 480), rawBytes: number, clamped: number * 3,
      bytes: [number, 7],
      answer: number.isMultiple(of: 2)
        ? .classes(
          ClassAnswer(rank: number, best: 3, confidence: 0.5, trueConfidence: 0.25))
        : .boxes(
          (0..<number).map {
            Detection(
              box: Box(x1: Float($0), y1: 1.5, x2: 3, y2: 4), confidence: 0.25, classIndex: $0)
          }), plausibility: number % 4 == 3 ? plausibility : nil)
  }

  /// Five pictures of two units each.
  private func fill(_ path: String) throws {
    let journal = try SweepJournal(path: path, identity: identity, resume: false)
    let units = [try journal.unit("unsplit"), try journal.unit("4.m 3 rle")]
    for image in 0..<5 {
      try journal.append(
        image: image, units.map { (unit: $0, result: result(image * 2 + $0)) })
    }
  }

  @Test func `gives back what was put in, also after it is opened again`() throws {
    let folder = try TemporaryFolder()
    try fill(folder.file("s"))
    let journal = try SweepJournal(path: folder.file("s"), identity: identity, resume: true)
    let second = try journal.unit("4.m 3 rle")
    let third = try journal.unit("4.m 4 rle")
    #expect(second == 1 && third == 2)
    for image in 0..<5 {
      #expect(try journal.result(unit: second, image: image) == result(image * 2 + 1))
      #expect(!journal.has(unit: third, image: image))
    }
    #expect(try journal.result(unit: second, image: 5) == nil)
    journal.remove()
    #expect(folder.contents.isEmpty)
  }

  @Test func `keeps every whole picture wherever it was cut off`() throws {
    let folder = try TemporaryFolder()
    try fill(folder.file("s"))
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("s"))))
    var most = 0
    for count in stride(from: 0, to: bytes.count, by: 7) {
      let path = try folder.write("cut", Array(bytes.prefix(count)))
      guard
        let journal = try? SweepJournal(path: path, identity: identity, resume: true)
      else { continue }
      let unit = try journal.unit("4.m 3 rle")
      let kept = (0..<5).prefix { journal.has(unit: unit, image: $0) }.count
      for image in 0..<kept {
        #expect(try journal.result(unit: unit, image: image) == result(image * 2 + unit))
      }
      #expect(kept >= most, "\(count) bytes keep \(kept) pictures, fewer bytes kept \(most)")
      most = kept
      try journal.append(image: 4, [(unit: unit, result: result(3))])
      #expect(try journal.result(unit: unit, image: 4) == result(3))
    }
    #expect(most == 4)
  }

  @Test func `remembers how far a unit has come in a video`() throws {
    let folder = try TemporaryFolder()
    do {
      let journal = try SweepJournal(path: folder.file("s"), identity: identity, resume: false)
      let units = [try journal.unit("unsplit"), try journal.unit("a"), try journal.unit("b")]
      try journal.append(image: 1, [(unit: units[1], result: result(1))])
      try journal.append(image: 3, [(unit: units[1], result: result(3))])
      try journal.finish(unit: units[0], frames: 10)
      try journal.finish(unit: units[1], frames: .max)
      try journal.finish(unit: units[1], frames: 5)
    }
    let journal = try SweepJournal(path: folder.file("s"), identity: identity, resume: true)
    #expect(journal.isFinished(unit: 0, frames: 10) && !journal.isFinished(unit: 0, frames: 11))
    #expect(journal.isFinished(unit: 1, frames: .max))
    #expect(!journal.isFinished(unit: 2, frames: 1))
    #expect(journal.images(unit: 1) == [1, 3] && journal.images(unit: 2) == [])
  }

  @Test func `never takes a changed byte for a result`() throws {
    let folder = try TemporaryFolder()
    try fill(folder.file("s"))
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("s"))))
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      var changed = bytes
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      changed[place] ^= UInt8.random(in: 1...255, using: &generator)
      let path = try folder.write("changed", changed)
      guard let journal = try? SweepJournal(path: path, identity: identity, resume: true)
      else { continue }
      let unit = try journal.unit("4.m 3 rle")
      for image in 0..<5 {
        guard let found = try journal.result(unit: unit, image: image) else { continue }
        #expect(found == result(image * 2 + 1), "seed \(seed), byte \(place)")
      }
    }
  }

  @Test func `is neither overwritten nor mixed with another sweep's`() throws {
    let folder = try TemporaryFolder()
    try fill(folder.file("s"))
    let again = #expect(throws: SplitpipeError.self) {
      try SweepJournal(path: folder.file("s"), identity: identity, resume: false)
    }
    #expect(again?.kind == .usage)
    #expect(again?.message.contains("--resume") == true)
    let other = #expect(throws: SplitpipeError.self) {
      try SweepJournal(
        path: folder.file("s"), identity: ["dataset": "a", "model": "c"], resume: true)
    }
    #expect(
      other?.message.contains("its model is \"b\", this one's is \"c\"") == true,
      "\(other?.message ?? "")")
    let picture = try folder.write("p", Array("some other file".utf8))
    let foreign = #expect(throws: SplitpipeError.self) {
      try SweepJournal(path: picture, identity: identity, resume: true)
    }
    #expect(foreign?.kind == .badData)
    #expect(try String(contentsOfFile: picture, encoding: .utf8) == "some other file")
  }

  @Test func `parses no prefix of a result`() {
    for number in 0..<4 {
      let bytes = result(number).serialized
      #expect(UnitResult(parsing: bytes) == result(number))
      for count in 0..<bytes.count {
        #expect(UnitResult(parsing: Array(bytes.prefix(count))) == nil)
      }
    }
  }

  @Test func `does not write through a link that lies under its name`() throws {
    let folder = try TemporaryFolder()
    let victim = try folder.write("victim", "not a state")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("s"), withDestinationPath: folder.file("nowhere"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("t"), withDestinationPath: victim)
    for (name, resume) in [("s", false), ("s", true), ("t", true)] {
      let error = #expect(throws: SplitpipeError.self) {
        try SweepJournal(path: folder.file(name), identity: identity, resume: resume)
      }
      #expect(error?.kind == .cannotWrite)
    }
    #expect(folder.contents == ["s", "t", "victim"])
    #expect(try String(contentsOfFile: victim, encoding: .utf8) == "not a state")
  }

  @Test func `without a name leaves nothing and takes no file that another put there`() throws {
    let name = FileManager.default.temporaryDirectory.path + "/splitpipe-\(getpid()).sweep"
    defer { try? FileManager.default.removeItem(atPath: name) }
    try Data("theirs".utf8).write(to: URL(fileURLWithPath: name))
    let journal = try SweepJournal(path: nil, identity: identity, resume: false)
    let unit = try journal.unit("unsplit")
    try journal.append(image: 0, [(unit: unit, result: result(1))])
    #expect(try journal.result(unit: unit, image: 0) == result(1))
    #expect(try String(contentsOfFile: name, encoding: .utf8) == "theirs")
  }
}
