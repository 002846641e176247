/// When a summary of the pictures so far is worth the time that it takes: each waits twenty times
/// as long as the one before took, and ten seconds at least.
struct InterimSummaries {
  private var next = ContinuousClock.now + .seconds(10)

  mutating func writeIfDue(_ write: () throws -> Void) throws {
    let begin = ContinuousClock.now
    guard begin >= next else { return }
    try write()
    let end = ContinuousClock.now
    next = end + max(.seconds(10), (end - begin) * 20)
  }
}
