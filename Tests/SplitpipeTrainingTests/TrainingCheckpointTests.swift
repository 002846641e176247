import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeTraining

@Suite struct `A checkpoint of a training` {
  private var sample: TrainingCheckpoint {
    var checkpoint = TrainingCheckpoint(identity: ["model": "a", "seed": "1"])
    checkpoint.stage = 1
    checkpoint.step = 30
    checkpoint.steps = 100
    checkpoint.losses = [LossPoint(step: 30, stage: 2, loss: 0.5, heldOut: 0.25)]
    checkpoint.state.tensors = ["w": [[1, 2], [0.5, 0.25]], "b": [[3], []]]
    checkpoint.best.tensors = ["w": [[4, 5]]]
    checkpoint.bestLoss = 0.25
    return checkpoint
  }

  @Test func `is read as it was written`() throws {
    let folder = try TemporaryFolder()
    try sample.write(to: folder.file("c"))
    let read = try TrainingCheckpoint(path: folder.file("c"), identity: sample.identity)
    #expect(read.state == sample.state && read.best == sample.best)
    #expect(read.losses == sample.losses && read.step == 30 && read.steps == 100)
  }

  @Test func `of another training says which`() throws {
    let folder = try TemporaryFolder()
    try sample.write(to: folder.file("c"))
    let error = #expect(throws: SplitpipeError.self) {
      try TrainingCheckpoint(path: folder.file("c"), identity: ["model": "a", "seed": "2"])
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("another seed (1, now 2)") == true, "\(error?.message ?? "")")
  }

  /// Every byte changed, and every length cut short.
  @Test func `that is damaged is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("c")
    try sample.write(to: path)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    func expectRefusal(_ bytes: [UInt8], _ what: String) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: SplitpipeError.self) {
        try TrainingCheckpoint(path: path, identity: sample.identity)
      }
      #expect(error?.kind == .badData, "\(what): \(error?.message ?? "")")
    }
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 0x41
      try expectRefusal(damaged, "byte \(place)")
    }
    for length in 0..<bytes.count { try expectRefusal(Array(bytes[..<length]), "length \(length)") }
  }
}

@Suite struct `Pictures to learn from` {
  private func pool() -> PicturePool {
    var pool = PicturePool(size: PixelSize(width: 4, height: 2))
    for number in 0..<6 {
      let values = (0..<24).map { UInt8(number * 40 + $0) }
      pool.add(Tensor(shape: Shape([1, 3, 2, 4]), values: values), follows: number % 3 > 0)
    }
    return pool
  }

  @Test func `pairs are a frame and the one after it, cut at one place`() {
    let pool = pool()
    for stream in 0..<UInt64(50) {
      var dice = SplitMix64(seed: 1, stream: stream)
      let drawn = pool.draw(
        4, part: PixelSize(width: 2, height: 1), pairs: true, flips: true, &dice)
      #expect(drawn.shape == Shape([4, 3, 1, 2]))
      for pair in 0..<2 {
        let first = drawn.values[pair * 12..<pair * 12 + 6]
        let second = drawn.values[pair * 12 + 6..<pair * 12 + 12]
        #expect(
          zip(first, second).allSatisfy { pair in Int(pair.1) - Int(pair.0) == 40 },
          "\(drawn.values)")
        // A video's first frame follows none.
        #expect((first.first ?? 0) / 40 != 2)
      }
    }
  }

  @Test func `the last are kept apart`() {
    var pool = pool()
    let other = pool.splitOff(last: 0.3)
    #expect(pool.count == 4 && other.count == 2)
    #expect(pool.hasPairs && other.hasPairs)
  }
}
