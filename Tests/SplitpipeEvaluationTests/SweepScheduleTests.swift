import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeEvaluation

@Suite struct `The order of a sweep over pictures` {
  private func schedule(_ counts: [Int]) -> SweepSchedule {
    var images: [(image: Dataset.Image, input: PixelSize)] = []
    for (index, count) in counts.enumerated() {
      for _ in 0..<count {
        images.append(
          (
            Dataset.Image(path: "", number: images.count),
            PixelSize(width: 32 * (index + 1), height: 32)
          ))
      }
    }
    return SweepSchedule(images)
  }

  @Test func `gives every picture to one worker, whoever asks`() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let counts = (0..<5).map { _ in Int.random(in: 0..<30, using: &generator) }
      var schedule = schedule(counts)
      var idle: Set<Int> = []
      var seen: [Int] = []
      while idle.count < 3 {
        let worker = Int.random(in: 0..<3, using: &generator)
        // A worker that has got nothing once asks no more.
        if idle.contains(worker) { continue }
        if let image = schedule.next(worker: worker) {
          seen.append(image.number)
        } else {
          idle.insert(worker)
        }
      }
      #expect(seen.sorted() == Array(0..<counts.reduce(0, +)), "seed \(seed), \(counts)")
    }
  }

  @Test func `keeps sizes apart, and shares a large one when no other is left`() {
    var schedule = schedule([3, 20])
    let first = (0..<4).map { _ in schedule.next(worker: 0)?.number }
    #expect(first == [3, 4, 5, 6])
    let second = (0..<4).map { _ in schedule.next(worker: 1)?.number }
    #expect(second == [0, 1, 2, 7])
  }

  @Test func `does not compile once more for few pictures`() {
    var schedule = schedule([5])
    #expect(schedule.next(worker: 0)?.number == 0)
    #expect(schedule.next(worker: 1) == nil)
  }
}
