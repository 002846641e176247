package import SplitpipeCore

/// Adds Gaussian noise to every byte of the network's input, as a real sensor would.
///
/// Recorded clips repeat still blocks exactly, because their codec skips them; a camera does not.
/// The noise of a frame depends on its index alone, so that two runs see the same pictures.
package struct SensorNoise: FramePreparer {
  /// How large the noise can be, in steps of 255.
  package static let deviations: ClosedRange<Double> = 0...64
  private let preparer: any FramePreparer
  /// Normal numbers at evenly spaced probabilities, scaled and rounded.
  private let table: [Int16]

  /// - Parameters:
  ///   - preparer: makes the input without noise.
  ///   - deviation: standard deviation in steps of 255.
  package init(_ preparer: any FramePreparer, deviation: Double) {
    self.preparer = preparer
    var generator = SplitMix64(seed: 0x6E6F_6973)
    table = (0..<1 << 16).map { _ in Int16((generator.normal() * deviation).rounded()) }
  }

  package func prepare(_ frame: Frame) throws -> PreparedInput {
    let prepared = try preparer.prepare(frame)
    var generator = SplitMix64(seed: 1, stream: UInt64(truncatingIfNeeded: frame.stamp.index))
    let values = prepared.tensor.values
    var noisy: [UInt8] = []
    noisy.reserveCapacity(values.count)
    var random: UInt64 = 0
    for (position, value) in values.enumerated() {
      random = position & 3 == 0 ? generator.next() : random >> 16
      let sum = Int16(value) &+ table[Int(random & 0xFFFF)]
      noisy.append(UInt8(clamping: sum))
    }
    return PreparedInput(
      tensor: Tensor(shape: prepared.tensor.shape, values: noisy), letterbox: prepared.letterbox)
  }
}
