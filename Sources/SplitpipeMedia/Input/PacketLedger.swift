/// Which coded bytes belong to which frame, and which frames are missing.
///
/// Packets come in coding order, frames in the order shown; the time joins them. Bytes of packets
/// that show nothing of their own go to the frame shown next.
struct PacketLedger {
  /// Packets that wait for a frame of their time; above this the two oldest are merged, so that a
  /// stream that never gives a frame cannot fill the memory.
  static let capacity = 512

  private var waiting: [(ticks: Int64, bytes: Int)] = []
  private var lost: [Int64] = []
  private var lostBefore = 0
  private var lostSinceShown = 0
  private var frames = 0

  /// Notes a packet on its way into the decoder.
  mutating func sent(bytes: Int, ticks: Int64?) {
    if waiting.count == Self.capacity {
      let oldest = waiting.removeFirst()
      waiting[0].bytes += oldest.bytes
    }
    waiting.append((ticks ?? waiting.last?.ticks ?? Int64.min, bytes))
  }

  /// Notes that the picture of this time will not come.
  mutating func lostFrame(ticks: Int64?) {
    lostSinceShown += 1
    guard let ticks, lost.count < Self.capacity else {
      lostBefore += 1
      return
    }
    lost.append(ticks)
  }

  /// Notes that so many pictures are missing before one shown now, those noted already included.
  ///
  /// - Returns: how many had not been noted.
  mutating func lostFrames(atLeast count: Int) -> Int {
    let more = max(0, count - lostSinceShown)
    lostBefore += more
    return more
  }

  /// Begins anew at a frame of this number and time.
  mutating func begin(at number: Int, ticks: Int64) {
    frames = number
    lostBefore = 0
    lost = []
    waiting.removeAll { $0.ticks < ticks }
  }

  /// The number (from 0, lost frames before it included) and the coded bytes of a frame shown now.
  mutating func shown(ticks: Int64?) -> (number: Int, bytes: Int) {
    var bytes = 0
    if let ticks {
      bytes = waiting.reduce(0) { $0 + ($1.ticks <= ticks ? $1.bytes : 0) }
      waiting.removeAll { $0.ticks <= ticks }
      lostBefore += lost.count { $0 < ticks }
      lost.removeAll { $0 < ticks }
    } else if !waiting.isEmpty {
      bytes = waiting.removeFirst().bytes
    }
    lostSinceShown = 0
    defer { frames += 1 }
    return (frames + lostBefore, bytes)
  }

  /// Frames shown so far.
  var shownFrames: Int { frames }
}
