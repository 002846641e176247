import SplitpipeTestSupport
import Testing

@testable import SplitpipeEvaluation

@Suite struct `The front of bytes and accuracy` {
  @Test func `has the rows that no other beats`() {
    let points: [(bytes: Double, accuracy: Double?)] = [
      (10, 0.5), (20, 0.7), (30, 0.6), (40, 0.9), (20, 0.7), (20, 0.65), (50, 0.9), (5, nil),
      (10, 0.2), (60, 0.95),
    ]
    #expect(
      ParetoFront.contains(points) == [
        true, true, false, true, true, false, false, false, false, true,
      ])
    #expect(ParetoFront.contains([]) == [])
  }

  @Test func `is what comparing every pair gives`() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let points = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
        (
          bytes: Double(Int.random(in: 1...6, using: &generator)),
          accuracy: Double?(Double(Int.random(in: 0...5, using: &generator)) / 5)
        )
      }
      let expected = points.map { one in
        !points.contains { other in
          let (a, b) = (one.accuracy ?? 0, other.accuracy ?? 0)
          return other.bytes <= one.bytes && b >= a && (other.bytes < one.bytes || b > a)
        }
      }
      #expect(ParetoFront.contains(points) == expected, "seed \(seed), \(points)")
    }
  }
}
