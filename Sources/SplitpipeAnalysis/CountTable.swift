/// How often each of a fixed number of symbols was seen; exact however many are counted.
///
/// Counting is done in 32 bits, for the sake of the cache, and carried over to 64 bits before any
/// count can overflow.
struct CountTable: Sendable {
  private(set) var recent: [UInt32]
  /// Counts carried over; empty until there are any.
  private var carried: [UInt64] = []
  /// At least as many symbols as `recent` holds.
  private var pending = 0

  init(count: Int) { recent = [UInt32](repeating: 0, count: count) }

  var count: Int { recent.count }

  subscript(index: Int) -> UInt64 {
    UInt64(recent[index]) + (carried.isEmpty ? 0 : carried[index])
  }

  var counts: [UInt64] { recent.indices.map { self[$0] } }

  /// Counts at most `limit` symbols through a pointer to the 32-bit counts.
  ///
  /// - Precondition: `limit` is below 2^32.
  @inline(__always)
  mutating func count(atMost limit: Int, _ body: (UnsafeMutablePointer<UInt32>) -> Void) {
    reserve(limit)
    unsafe recent.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { unsafe body(start) }
    }
  }

  /// - Precondition: equally many symbols.
  mutating func merge(_ other: CountTable) {
    precondition(count == other.count, "tables of the same symbols are merged")
    reserve(other.pending)
    for index in recent.indices { recent[index] &+= other.recent[index] }
    guard !other.carried.isEmpty else { return }
    if carried.isEmpty { carried = [UInt64](repeating: 0, count: count) }
    for index in carried.indices { carried[index] += other.carried[index] }
  }

  private mutating func reserve(_ limit: Int) {
    precondition(limit <= Int(UInt32.max), "at most 2^32 symbols are counted at once")
    if pending + limit > Int(UInt32.max) {
      if carried.isEmpty { carried = [UInt64](repeating: 0, count: count) }
      for index in recent.indices {
        carried[index] += UInt64(recent[index])
        recent[index] = 0
      }
      pending = 0
    }
    pending += limit
  }
}
