import SplitpipeCore

/// Whether two frames are so unlike that the codes of one say little of the other's.
///
/// A coder predicts a value from the frame before or from the value beside it. Where values differ
/// clearly more from those of the frame before than from their left neighbours, the frame before is
/// the worse of the two: a scene cut, or pictures that have nothing to do with one another.
struct SceneChange {
  /// Sum of |x[t] − x[t−1]|, over a sample.
  let betweenFrames: Double
  /// Sum of |x[i] − x[i−1]| over the same sample of the new frame.
  let betweenNeighbours: Double

  /// Runs of values that are looked at, and the distance from one to the next.
  private static let run = 64
  private static let stride = 256

  /// - Precondition: tensors of equal shapes.
  init(from old: Frontier, to new: Frontier) {
    var frames = 0.0
    var neighbours = 0.0
    for (old, new) in zip(old.tensors, new.tensors) {
      let sums = Self.sums(old.tensor.values, new.tensor.values)
      // Tensors count alike whatever the scale of their values.
      let scale = Double(sums.frames + sums.neighbours)
      guard scale > 0, scale.isFinite else { continue }
      let share = Double(new.tensor.values.count) / scale
      frames += Double(sums.frames) * share
      neighbours += Double(sums.neighbours) * share
    }
    betweenFrames = frames
    betweenNeighbours = neighbours
  }

  /// Consecutive frames of the two test clips reach 1.04, where a delta is still the shorter one;
  /// pairs of unrelated COCO pictures of one size start at 1.28, where a key is.
  private static let threshold = 1.15

  var isCut: Bool { betweenFrames > betweenNeighbours * Self.threshold }

  private static func sums(
    _ old: [Float], _ new: [Float]
  ) -> (frames: Float, neighbours: Float) {
    precondition(old.count == new.count, "tensors of one shape are compared")
    return unsafe old.withUnsafeBufferPointer { old in
      unsafe new.withUnsafeBufferPointer { new in
        var frames = SIMD16<Float>(repeating: 0)
        var neighbours = SIMD16<Float>(repeating: 0)
        let oldBytes = UnsafeRawBufferPointer(old)
        let newBytes = UnsafeRawBufferPointer(new)
        for start in Swift.stride(from: 1, to: new.count, by: stride) {
          let end = min(start + run, new.count)
          for i in Swift.stride(from: start, to: end - 15, by: 16) {
            let x = unsafe newBytes.loadUnaligned(fromByteOffset: i * 4, as: SIMD16<Float>.self)
            let y = unsafe oldBytes.loadUnaligned(fromByteOffset: i * 4, as: SIMD16<Float>.self)
            let left = unsafe newBytes.loadUnaligned(
              fromByteOffset: i * 4 - 4, as: SIMD16<Float>.self)
            frames += magnitude(x - y)
            neighbours += magnitude(x - left)
          }
        }
        return (frames.sum(), neighbours.sum())
      }
    }
  }

  @inline(__always)
  private static func magnitude(_ values: SIMD16<Float>) -> SIMD16<Float> {
    values.replacing(with: -values, where: values .< 0)
  }
}
