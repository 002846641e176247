package import SplitpipeCore

/// What clip to render.
package struct SynthSettings: Sendable, Equatable {
  /// Decides everything that is random: scene, objects, light, noise.
  package var seed: UInt64
  /// Pixels of a frame; both sides even.
  package var size: PixelSize
  package var framesPerSecond: Double
  /// How many objects are meant to be in sight at a time; nil leaves it to the seed.
  package var objects: Int?
  /// Whether the camera trembles.
  package var shakes: Bool
  /// When one object enters a scene that is otherwise still, in seconds; it passes and leaves. nil for
  /// a scene that is never still.
  package var visit: Double?

  package static let sides = 64...4096
  package static let rates = 1.0...120.0
  package static let objectCounts = 0...64
  package static let visits = 0.0...1e6

  package init(
    seed: UInt64 = 1, size: PixelSize = PixelSize(width: 640, height: 384),
    framesPerSecond: Double = 12.5, objects: Int? = nil, shakes: Bool = false,
    visit: Double? = nil
  ) {
    self.seed = seed
    self.size = size
    self.framesPerSecond = framesPerSecond
    self.objects = objects
    self.shakes = shakes
    self.visit = visit
  }

  /// - Throws: `usage` naming the first value out of range and the range.
  package func validate() throws {
    guard Self.sides.contains(size.width), Self.sides.contains(size.height),
      size.width % 2 == 0, size.height % 2 == 0
    else {
      throw SplitpipeError(
        .usage,
        "cannot render frames of \(size) pixels: both sides must be even and from "
          + "\(Self.sides.lowerBound) to \(Self.sides.upperBound), such as 640x384")
    }
    let isFlat = size.width > 4 * size.height || size.height > 2 * size.width
    guard !isFlat else {
      throw SplitpipeError(
        .usage,
        "cannot render frames of \(size) pixels: expected at most four times as wide as high and "
          + "at most twice as high as wide, such as 640x384")
    }
    guard framesPerSecond.isFinite, Self.rates.contains(framesPerSecond) else {
      throw SplitpipeError(
        .usage,
        "cannot render \(framesPerSecond) frames per second: expected from 1 to 120")
    }
    if let objects, !Self.objectCounts.contains(objects) {
      throw SplitpipeError(
        .usage, "cannot keep \(objects) objects in sight: expected from 0 to 64")
    }
    if let visit {
      guard visit.isFinite, Self.visits.contains(visit) else {
        throw SplitpipeError(
          .usage, "nobody can come \(visit) seconds after the start: expected from 0 to 1000000")
      }
      guard objects == nil else {
        throw SplitpipeError(
          .usage, "a visit is to an empty scene: give it or a number of objects, not both")
      }
    }
  }
}
