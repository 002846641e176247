package import SplitpipeCore

/// How much of the picture moves: the share of blocks of 8×8 pixels whose mean brightness is another
/// than a moment before.
///
/// What changes everywhere at once, such as the light, does not count: the median of all blocks'
/// changes is taken off first. The green plane stands for the brightness.
package struct PixelChange: Sendable {
  /// Sides of a block, in pixels of the network's input.
  static let side = 8
  /// Least change of a block's mean that counts, of 255.
  static let threshold: Float = 8
  /// Share of blocks from which on a frame counts as moving.
  package static let movingShare = 0.002

  private let distance: Int
  private var recent: [[Float]] = []
  private var size: PixelSize?

  /// - Parameter distance: how many frames before are compared with, at least 1; what moves slowly
  ///   shows over some frames only.
  package init(distance: Int) { self.distance = max(1, distance) }

  /// Compares a frame with one a moment before.
  ///
  /// - Parameter picture: planes of bytes, 1×3×H×W.
  /// - Returns: the share of changed blocks; nil where there is no frame of this size before.
  package mutating func observe(_ picture: Tensor<UInt8>) -> Double? {
    guard picture.shape.rank == 4, picture.shape[1] == 3 else { return nil }
    let size = PixelSize(width: picture.shape[3], height: picture.shape[2])
    if size != self.size {
      recent = []
      self.size = size
    }
    let blocks = Self.means(picture.values, size: size)
    defer {
      recent.append(blocks)
      if recent.count > distance { recent.removeFirst() }
    }
    guard let before = recent.first, !blocks.isEmpty else { return nil }
    let changes = zip(blocks, before).map { $0 - $1 }
    let common = changes.sorted()[changes.count / 2]
    let changed = changes.count { abs($0 - common) >= Self.threshold }
    return Double(changed) / Double(changes.count)
  }

  /// Means of whole blocks of the green plane, row after row.
  private static func means(_ values: [UInt8], size: PixelSize) -> [Float] {
    let (columns, rows) = (size.width / side, size.height / side)
    guard columns > 0, rows > 0 else { return [] }
    var sums = [UInt16](repeating: 0, count: columns * rows)
    let plane = size.width * size.height
    unsafe values.withUnsafeBufferPointer { values in
      for y in 0..<rows * side {
        let row = plane + y * size.width
        for column in 0..<columns {
          var sum: UInt16 = 0
          for x in 0..<side { unsafe sum &+= UInt16(values[row + column * side + x]) }
          sums[y / side * columns + column] &+= sum
        }
      }
    }
    return sums.map { Float($0) / Float(side * side) }
  }
}

/// Divides frames into stretches in which the picture is still and in which something moves.
///
/// A stretch ends where the other kind of frame goes on for `least` frames; shorter interruptions
/// belong to the stretch they interrupt. Values of type `Content` gather what belongs to a stretch.
package struct StretchFinder<Content> {
  package struct Stretch {
    package var isMoving: Bool
    package var content: Content
    package var frames: Int
  }

  private let least: Int
  private let merge: (inout Content, Content) -> Void
  private var current: Stretch?
  /// Whether the kind of the current stretch is known: the first frame shows no movement.
  private var isDecided = false
  private var isFirst = true
  private var pending: Stretch?

  /// - Parameters:
  ///   - least: frames of a stretch, at least 1.
  ///   - merge: adds the content of a later stretch to that of an earlier one.
  package init(least: Int, merge: @escaping (inout Content, Content) -> Void) {
    self.least = max(1, least)
    self.merge = merge
  }

  /// Takes the next frame.
  ///
  /// - Parameters:
  ///   - isMoving: nil where it is not known, as for the first frame; it then belongs to the stretch
  ///     it is in.
  ///   - empty: makes content for a new stretch.
  ///   - add: adds the frame to the content of the stretch it belongs to.
  /// - Returns: the stretch that is known to be complete, if one is.
  package mutating func observe(
    isMoving: Bool?, empty: () -> Content, add: (inout Content) throws -> Void
  ) rethrows -> Stretch? {
    if current == nil {
      current = Stretch(isMoving: isMoving ?? false, content: empty(), frames: 0)
      isDecided = isMoving != nil
    } else if !isDecided, let isMoving {
      current?.isMoving = isMoving
      isDecided = true
    }
    guard let isMoving, isDecided, isMoving != current?.isMoving else {
      takeBack()
      if current != nil { try Self.put(into: &current, add) }
      return nil
    }
    if pending == nil { pending = Stretch(isMoving: isMoving, content: empty(), frames: 0) }
    try Self.put(into: &pending, add)
    guard let found = pending, found.frames >= least else { return nil }
    pending = nil
    let done = current
    current = found
    defer { isFirst = false }
    if isFirst, let done, done.frames < least {
      // Too short to be a stretch: what the video begins with belongs to the one that follows.
      var joined = done
      merge(&joined.content, found.content)
      joined.frames += found.frames
      joined.isMoving = found.isMoving
      current = joined
      return nil
    }
    return done
  }

  /// The last stretch, if there was a frame.
  package mutating func finish() -> Stretch? {
    takeBack()
    defer { current = nil }
    return current
  }

  /// An interruption that was too short belongs to what it interrupted.
  private mutating func takeBack() {
    guard let interruption = pending.take(), var joined = current.take() else { return }
    merge(&joined.content, interruption.content)
    joined.frames += interruption.frames
    current = joined
  }

  private static func put(
    into stretch: inout Stretch?, _ add: (inout Content) throws -> Void
  ) rethrows {
    // Taken out, so that the content is changed in place.
    guard var taken = stretch.take() else { return }
    defer { stretch = taken }
    try add(&taken.content)
    taken.frames += 1
  }
}
