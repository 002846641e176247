package import SplitpipeCore

/// Pictures in memory, as the network takes them, of which training draws parts.
package struct PicturePool: Sendable {
  private struct Picture: Sendable {
    /// 3×H×W.
    let planes: [UInt8]
    /// Whether it is the frame after the picture before it.
    let follows: Bool
  }

  /// Width and height of each.
  package let size: PixelSize
  private var pictures: [Picture] = []
  /// Places of pictures that follow the one before.
  private var seconds: [Int] = []

  /// Bytes of pictures that are kept at most.
  package static let byteLimit = 1 << 30

  package init(size: PixelSize) { self.size = size }

  package var count: Int { pictures.count }

  /// One of them as the network's input; boxes are in its pixels.
  package func picture(_ place: Int) -> PreparedInput {
    PreparedInput(
      tensor: Tensor(
        shape: Shape([1, 3, size.height, size.width]), values: pictures[place].planes),
      letterbox: Letterbox(
        frame: size, shown: size, input: size, scaled: size, left: 0, top: 0))
  }

  /// Pictures that may be kept.
  package var capacity: Int { max(1, Self.byteLimit / (3 * size.width * size.height)) }

  /// Whether there are pairs of a video's frames, one after the other.
  package var hasPairs: Bool { !seconds.isEmpty }

  /// Adds a picture.
  ///
  /// - Parameters:
  ///   - picture: 1×3×H×W.
  ///   - follows: whether it is the frame after the one that was added before.
  package mutating func add(_ picture: Tensor<UInt8>, follows: Bool) {
    precondition(picture.shape == Shape([1, 3, size.height, size.width]))
    let follows = follows && !pictures.isEmpty
    if follows { seconds.append(pictures.count) }
    pictures.append(Picture(planes: picture.values, follows: follows))
  }

  /// Adds all of another pool.
  package mutating func add(_ other: PicturePool) {
    seconds += other.seconds.map { $0 + pictures.count }
    pictures += other.pictures
  }

  /// Takes the last pictures away, for another pool.
  ///
  /// - Parameter share: of the pictures, from the end.
  /// - Returns: the other pool.
  package mutating func splitOff(last share: Double) -> PicturePool {
    var other = PicturePool(size: size)
    let kept = pictures.count - Int((Double(pictures.count) * share).rounded(.up))
    for (place, picture) in pictures.enumerated().dropFirst(kept) {
      if picture.follows, place > kept { other.seconds.append(other.pictures.count) }
      other.pictures.append(picture)
    }
    pictures.removeLast(pictures.count - kept)
    seconds.removeAll { $0 >= kept }
    return other
  }

  /// Parts of pictures drawn at random.
  ///
  /// - Parameters:
  ///   - count: how many; even where they are pairs.
  ///   - part: width and height of each, not larger than the pictures.
  ///   - pairs: whether they are pairs of a video's frames, cut at the same place; there must be some.
  ///   - flips: whether half of them are mirrored.
  ///   - dice: draws them.
  /// - Returns: N×3×H×W.
  package func draw(
    _ count: Int, part: PixelSize, pairs: Bool, flips: Bool, _ dice: inout SplitMix64
  ) -> Tensor<UInt8> {
    var values: [UInt8] = []
    values.reserveCapacity(count * 3 * part.width * part.height)
    for _ in 0..<(pairs ? count / 2 : count) {
      let (place, left, top) =
        pairs ? movingPart(part, &dice) : place(among: pictures.indices, part, &dice)
      let isMirrored = flips && Bool.random(using: &dice)
      for picture in pairs ? [place - 1, place] : [place] {
        append(pictures[picture], left, top, part, isMirrored: isMirrored, to: &values)
      }
    }
    return Tensor(shape: Shape([count, 3, part.height, part.width]), values: values)
  }

  /// A picture and where a part of it begins.
  private typealias Place = (picture: Int, left: Int, top: Int)

  private func place(
    among places: Range<Int>, _ part: PixelSize, _ dice: inout SplitMix64
  ) -> Place {
    (
      Int.random(in: places, using: &dice),
      Int.random(in: 0...(size.width - part.width), using: &dice),
      Int.random(in: 0...(size.height - part.height), using: &dice)
    )
  }

  /// Of two places in a video that of which more changes: most of what a fixed camera sees never does.
  private func movingPart(_ part: PixelSize, _ dice: inout SplitMix64) -> Place {
    let places = (0..<2).map { _ -> Place in
      let drawn = place(among: seconds.indices, part, &dice)
      return (seconds[drawn.picture], drawn.left, drawn.top)
    }
    return change(places[0], part) >= change(places[1], part) ? places[0] : places[1]
  }

  /// How much changes from the frame before, at some of the pixels of the first channel.
  private func change(_ place: Place, _ part: PixelSize) -> Int {
    let (before, after) = (pictures[place.picture - 1].planes, pictures[place.picture].planes)
    let step = 4
    var sum = 0
    for row in stride(from: place.top, to: place.top + part.height, by: step) {
      for column in stride(from: place.left, to: place.left + part.width, by: step) {
        let pixel = row * size.width + column
        let difference = abs(Int(after[pixel]) - Int(before[pixel]))
        // Less is a camera's noise.
        if difference > 8 { sum += difference }
      }
    }
    return sum
  }

  private func append(
    _ picture: Picture, _ left: Int, _ top: Int, _ part: PixelSize, isMirrored: Bool,
    to values: inout [UInt8]
  ) {
    for channel in 0..<3 {
      for row in top..<top + part.height {
        let start = (channel * size.height + row) * size.width + left
        let pixels = picture.planes[start..<start + part.width]
        if isMirrored { values.append(contentsOf: pixels.reversed()) } else { values += pixels }
      }
    }
  }
}
