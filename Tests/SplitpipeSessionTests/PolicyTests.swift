import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeSession

private func time(_ milliseconds: Double) -> MonotonicTime {
  MonotonicTime(microseconds: Int64(milliseconds * 1000))
}

@Suite struct `The gate` {
  @Test func `lets two frames pass, and none without a connection`() {
    var gate = Gate(budget: .milliseconds(250), mostWindow: 8)
    #expect(!gate.isOpen(at: time(0)))
    gate.isConnected = true
    gate.admitted(at: time(0))
    #expect(gate.isOpen(at: time(0)))
    gate.admitted(at: time(0))
    #expect(!gate.isOpen(at: time(1000)))
    gate.answered(after: .milliseconds(40), at: time(40))
    #expect(gate.isOpen(at: time(1000)))
  }

  /// A camera at the end of a path that works on one frame after the other and then takes its time.
  ///
  /// - Returns: frames a second that came back in the last half of a minute, and how old 95 % of them were at
  ///   most, in milliseconds.
  private func live(
    work: Double, latency: Double, interval: Double, budget: Double = 250
  ) -> (rate: Double, age: Double) {
    var gate = Gate(budget: .milliseconds(Int(budget)), mostWindow: 8)
    gate.isConnected = true
    var isFree = 0.0
    var underWay: [(captured: Double, back: Double)] = []
    var ages: [Double] = []
    var newest: Double?
    var frame = 0.0
    for now in stride(from: 0.0, to: 60_000, by: 1) {
      while let first = underWay.first, first.back <= now {
        underWay.removeFirst()
        let age = now - first.captured
        gate.answered(after: .microseconds(Int(age * 1000)), at: time(now))
        if now > 30_000 { ages.append(age) }
      }
      if now >= frame * interval {
        newest = now
        frame += 1
      }
      guard let captured = newest, gate.isOpen(at: time(now)) else { continue }
      newest = nil
      gate.admitted(at: time(now))
      isFree = max(isFree, now) + work
      underWay.append((captured, isFree + latency))
    }
    let sorted = ages.sorted()
    return (Double(ages.count) / 30, sorted[Int(Double(sorted.count) * 0.95)])
  }

  @Test func `keeps a slow link full, and frames young`() {
    // Frames that a link carries 10.6 times a second, from a camera of 30.
    let slow = live(work: 94, latency: 90, interval: 1000 / 30)
    #expect(slow.rate > 0.9 * 1000 / 94, "\(slow)")
    #expect(slow.age <= 250, "\(slow)")
    // A link that could carry all, far away.
    let far = live(work: 5, latency: 120, interval: 40)
    #expect(far.rate > 24, "\(far)")
    #expect(far.age <= 170, "\(far)")
    // One frame alone takes longer than the budget.
    let late = live(work: 200, latency: 200, interval: 40)
    #expect(late.rate > 4.5, "\(late)")
    #expect(late.age <= 480, "\(late)")
  }

  @Test func `keeps to the rate that the server takes`() {
    var gate = Gate(budget: .milliseconds(250), mostWindow: 8)
    gate.isConnected = true
    gate.maximumRate = 10
    var passed = 0
    // A camera of 30 frames a second, for ten seconds.
    for frame in 0..<300 {
      let now = time(Double(frame) * 1000 / 30)
      guard gate.isOpen(at: now) else { continue }
      gate.admitted(at: now)
      gate.answered(after: .milliseconds(20), at: now)
      passed += 1
    }
    #expect((95...101).contains(passed), "\(passed)")
  }
}

@Suite struct `The estimate of the server's clock` {
  @Test func `takes the offset of the shortest round trip, and says how wrong it may be`() throws {
    var clock = ClockEstimate()
    // 7 s ahead; the way there takes 30 ms and the way back 10, then 12 and 10.
    var roundTrip = clock.add(
      sent: time(0), received: time(7030), answered: time(7031), returned: time(41))
    #expect(roundTrip == .milliseconds(40))
    roundTrip = clock.add(
      sent: time(100), received: time(7112), answered: time(7115), returned: time(125))
    #expect(roundTrip == .milliseconds(22))
    let offset = try #require(clock.offset)
    let error = try #require(clock.error)
    #expect(error == .milliseconds(11))
    #expect(offset - .seconds(7) <= error && .seconds(7) - offset <= error, "\(offset)")
  }

  @Test(arguments: [
    (0, Int64.min, Int64.max, 10), (10, 20, 30, 5), (0, 100, 50, 10), (Int64.max, 0, 0, Int64.min),
  ])
  func `passes over times that contradict each other`(
    sent: Int64, received: Int64, answered: Int64, returned: Int64
  ) {
    var clock = ClockEstimate()
    let roundTrip = clock.add(
      sent: MonotonicTime(microseconds: sent), received: MonotonicTime(microseconds: received),
      answered: MonotonicTime(microseconds: answered),
      returned: MonotonicTime(microseconds: returned))
    #expect(roundTrip == nil)
    #expect(clock.offset == nil)
  }
}

@Suite struct `The fair schedule` {
  /// Serves lines that always have work for a virtual second each, and says how much time each got.
  private func shares(
    costs: [Double], offers: [Int], seconds: Double
  ) -> [Double] {
    var schedule = FairSchedule<Int, Int>(usualCost: 0.01)
    var shares = costs.map { _ in 0.0 }
    var clock = 0.0
    while clock < seconds {
      for line in costs.indices {
        // A greedy line offers many times what it gets done; the newest takes the place of the one before.
        for job in 0..<offers[line] { _ = schedule.offer(job, of: line, replacing: true) }
      }
      guard let (line, _) = schedule.next() else { break }
      schedule.done(line, seconds: costs[line])
      shares[line] += costs[line]
      clock += costs[line]
    }
    return shares
  }

  @Test func `gives every line the same time, whatever it asks for and whatever a job costs`() {
    let costs = [0.01, 0.01, 0.04, 0.02, 0.01, 0.005, 0.01, 0.03]
    let found = shares(costs: costs, offers: [1, 50, 1, 2, 1, 1, 1, 1], seconds: 40)
    for share in found { #expect(abs(share - 5) < 0.25, "\(found)") }
  }

  @Test func `an idle line saves up nothing`() {
    var schedule = FairSchedule<String, Int>(usualCost: 1)
    for job in 0..<100 { _ = schedule.offer(job, of: "busy", replacing: false) }
    for _ in 0..<50 {
      guard let next = schedule.next() else {
        Issue.record("nothing is next")
        return
      }
      schedule.done(next.identifier, seconds: 1)
    }
    for job in 0..<100 { _ = schedule.offer(job, of: "late", replacing: false) }
    var late = 0
    for _ in 0..<20 {
      guard let next = schedule.next() else {
        Issue.record("nothing is next")
        return
      }
      if next.identifier == "late" { late += 1 }
      schedule.done(next.identifier, seconds: 1)
    }
    #expect((9...11).contains(late))
  }

  @Test func `jobs of a line are done in order, one at a time, and go with it`() {
    var schedule = FairSchedule<String, Int>(usualCost: 1)
    var displaced = schedule.offer(1, of: "a", replacing: false)
    #expect(displaced == nil)
    displaced = schedule.offer(2, of: "a", replacing: false)
    #expect(displaced == nil)
    displaced = schedule.offer(3, of: "a", replacing: true)
    #expect(displaced == 2)
    var next = schedule.next()
    #expect(next?.job == 1)
    next = schedule.next()
    #expect(next == nil)
    schedule.done("a", seconds: 1)
    next = schedule.next()
    #expect(next?.job == 3)
    schedule.done("a", seconds: 1)
    _ = schedule.offer(4, of: "a", replacing: false)
    schedule.remove("a")
    next = schedule.next()
    #expect(next == nil)
    #expect(schedule.depth == 0)
  }
}

@Suite struct `A bucket of tokens` {
  @Test func `allows a burst, then the rate`() {
    var bucket = TokenBucket(rate: 10, burst: 5, at: time(0))
    let atOnce = (0..<20).filter { _ in bucket.take(at: time(0)) }
    #expect(atOnce.count == 5)
    let later = (1...1000).filter { bucket.take(at: time(Double($0) * 10)) }
    #expect((99...101).contains(later.count))
    // A clock that went back gives nothing.
    let before = bucket.take(at: time(0))
    #expect(!before)
  }
}

@Suite struct `A camera's name` {
  @Test(arguments: ["cam1", "A", "front_door-2", String(repeating: "x", count: 64)])
  func `is of letters, digits, underscores and hyphens`(text: String) throws {
    #expect(try #require(CameraName(text)).text == text)
  }

  @Test(arguments: ["", "cam 1", "../x", "cäm", "a/b", "a\n", String(repeating: "x", count: 65)])
  func `is nothing else`(text: String) {
    #expect(CameraName(text) == nil)
    #expect(throws: SplitpipeError.self) { try CameraName.parse(text) }
  }
}
