import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeEvaluation

/// A world in which bytes and accuracy are known functions of the setting.
private struct World {
  /// By split.
  var scale = [1.0]
  var loss = 0.5
  var stickyLoss = 0.02
  var heldGain = 0.94
  var jointGain = 0.87
  var jointLoss = 0.002
  var clipLoss = 0.01
  var stickyGain = 0.6
  var heldLoss = 0.0
  /// What accuracy gains as soon as codes stick.
  var firstStickyGain = 0.0

  func point(_ candidate: TuneCandidate) -> TunePoint {
    let quantizer = candidate.quantizer
    var accuracy = 1 - loss / Double(1 << candidate.bits)
    var bytes = scale[candidate.split] * Double(candidate.bits) * 1000
    if quantizer.headroom != nil {
      bytes *= heldGain
      accuracy -= heldLoss
    }
    if quantizer.isJoint {
      bytes *= jointGain
      accuracy -= jointLoss
    }
    if case .middle(let percent) = quantizer.source {
      bytes *= 1.2
      accuracy -= clipLoss * (100 - percent)
    }
    if quantizer.layout == .channel { bytes *= 2 }
    let steps = quantizer.stickiness ?? 0
    accuracy -= steps * stickyLoss
    if steps > 0 { accuracy += firstStickyGain }
    bytes *= 1 - stickyGain * steps / (0.5 + steps)
    return TunePoint(candidate: candidate, bytes: bytes, accuracy: accuracy)
  }

  func run(_ search: TuneSearch) -> (points: [TunePoint], rounds: Int) {
    var points: [TunePoint] = []
    var rounds = 0
    while rounds < 100 {
      let next = search.next(after: points)
      if next.isEmpty { break }
      points += next.map(point)
      rounds += 1
    }
    return (points, rounds)
  }
}

@Suite struct `The search for the cheapest setting` {
  @Test
  func `finds the lowest bit depth, a joint held range and the largest D that keep the floor`() {
    // 4 bits lose 0.031, 5 bits 0.016 and joint ranges 0.002: D may cost 0.012, so that 0.6 fits.
    let (points, rounds) = World().run(
      TuneSearch(splitCount: 1, floor: 0.97, looksBack: true))
    let best = TuneSearch(splitCount: 1, floor: 0.97, looksBack: true).best(of: points)
    #expect(best?.candidate.bits == 5)
    #expect(best?.candidate.quantizer.headroom != nil && best?.candidate.quantizer.isJoint == true)
    let steps = best?.candidate.quantizer.stickiness ?? 0
    #expect(steps > 0.61 - TuneSearch.finestStep && steps <= 0.62, "\(steps)")
    #expect(rounds <= 8 && points.count <= 42, "\(rounds) rounds, \(points.count) points")
    #expect(Set(points.map(\.candidate)).count == points.count)
  }

  @Test func `follows a range that misses the floor narrowly, as D may gain what it lacks`() {
    var world = World()
    world.loss = 1
    world.jointLoss = 0.5
    world.heldLoss = 0.016
    world.firstStickyGain = 0.02
    let search = TuneSearch(splitCount: 1, floor: 0.965, looksBack: true)
    func held(_ points: [TunePoint], sticks: Bool) -> [TunePoint] {
      points.filter {
        $0.candidate.bits == 5 && $0.candidate.quantizer.headroom != nil
          && !$0.candidate.quantizer.isJoint && ($0.candidate.quantizer.stickiness != nil) == sticks
      }
    }
    let (points, rounds) = world.run(search)
    #expect(held(points, sticks: false).map(\.accuracy).allSatisfy { $0 < 0.965 })
    #expect(held(points, sticks: true).contains { $0.accuracy >= 0.965 })
    #expect(rounds <= 8)

    world.heldLoss = 0.05
    #expect(held(world.run(search).points, sticks: true).isEmpty)
  }

  @Test func `tries nothing that leans on the frame before where frames stand alone`() {
    let search = TuneSearch(splitCount: 1, floor: 0.97, looksBack: false)
    let (points, _) = World().run(search)
    #expect(!points.contains { $0.candidate.quantizer.remembers })
    #expect(search.best(of: points)?.candidate.bits == 5)
  }

  @Test func `looks closely at the splits that are worth it only`() {
    var world = World()
    world.scale = [1, 5, 1.5]
    let search = TuneSearch(splitCount: 3, floor: 0.97, looksBack: true)
    let (points, _) = world.run(search)
    func count(_ split: Int) -> Int { points.count { $0.candidate.split == split } }
    #expect(count(1) <= 5 && count(0) > 10 && count(2) > 10)
    #expect(search.best(of: points)?.candidate.split == 0)
  }

  @Test func `ends without an answer where nothing keeps the floor`() {
    let search = TuneSearch(splitCount: 1, floor: 0.9999, looksBack: true)
    let (points, rounds) = World().run(search)
    #expect(search.best(of: points) == nil)
    #expect(rounds <= 4 && !points.isEmpty)
  }

  @Test func `ends in any world with the cheapest of what it tried, in a few rounds`() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      var world = World()
      world.scale = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        Double.random(in: 0.5...3, using: &generator)
      }
      world.loss = Double.random(in: 0.01...4, using: &generator)
      world.stickyLoss = Double.random(in: -0.01...0.2, using: &generator)
      world.heldGain = Double.random(in: 0.8...1.2, using: &generator)
      world.jointGain = Double.random(in: 0.7...1.1, using: &generator)
      world.jointLoss = Double.random(in: -0.01...0.05, using: &generator)
      world.heldLoss = Double.random(in: 0...0.05, using: &generator)
      world.firstStickyGain = Double.random(in: 0...0.03, using: &generator)
      world.clipLoss = Double.random(in: -0.2...0.5, using: &generator)
      let search = TuneSearch(
        splitCount: world.scale.count, floor: Double.random(in: 0.5...1, using: &generator),
        looksBack: Bool.random(using: &generator))
      let (points, rounds) = world.run(search)
      #expect(rounds <= 10, "seed \(seed)")
      let cheapest = points.filter { $0.accuracy >= search.floor }.map(\.bytes).min()
      #expect(search.best(of: points)?.bytes == cheapest, "seed \(seed)")
      // What is kept does not lose to plain bits.
      let plain = (2...8).flatMap { bits in
        world.scale.indices.map { split in
          world.point(TuneCandidate(split: split, bits: bits, quantizer: .paper))
        }
      }.filter { $0.accuracy >= search.floor }.map(\.bytes).min()
      if let plain { #expect((cheapest ?? .infinity) <= plain, "seed \(seed)") }
    }
  }

  @Test(arguments: ["", "0", "1.1", "-1", "0%", "101%", "high", "nan", "95 %%"])
  func `has a floor that is a mAP or a share`(text: String) {
    let error = #expect(throws: SplitpipeError.self) { try AccuracyFloor.parse(text) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("95%") == true)
  }

  @Test func `takes a share of what the unsplit model reaches`() throws {
    #expect(try AccuracyFloor.parse("95%").value(of: 0.6) == 0.95 * 0.6)
    #expect(try AccuracyFloor.parse("0.55").value(of: 0.6) == 0.55)
    #expect(try AccuracyFloor.parse("99.5%").description == "99.5%")
  }
}
