package import SplitpipeCore

/// Everything counted of one tensor over any number of frames, in memory that does not grow.
///
/// Statistics of two stretches of a video, merged, are those of both together: every frame is
/// compared with the one before it by the analyser, across the seam as well where it goes on.
package struct TensorStatistics: Sendable {
  package let name: String
  /// Of the first frame; later frames may have other rows and columns, not other channels.
  package let shape: Shape
  package internal(set) var frames = 0
  /// Frames compared with the one before.
  package internal(set) var comparedFrames = 0
  package internal(set) var values = FloatHistogram()
  /// Of the difference to the neighbour, by direction.
  package internal(set) var differences: [FloatHistogram]
  /// Of the neighbour and the value, by direction.
  package internal(set) var pairs: [PairMoments]
  /// Of rows, columns and channels.
  package internal(set) var energy: [SpectrumEnergy]
  /// Codes whose range is that of each frame, by bit depth in the order asked for.
  package internal(set) var codes: [CodeStatistics]
  /// Codes whose range is held from a key frame; key frames are not compared with the one before.
  package internal(set) var heldCodes: [CodeStatistics]
  /// Of the held codes of the first bit depth.
  package internal(set) var changes: ChangeMap

  init(name: String, shape: Shape, bits: [Int]) {
    let grid = TensorGrid(shape)
    self.name = name
    self.shape = shape
    differences = Direction.allCases.map { _ in FloatHistogram() }
    pairs = Direction.allCases.map { _ in PairMoments() }
    energy = [SpectrumEnergy](repeating: SpectrumEnergy(), count: 3)
    codes = bits.map { CodeStatistics(bits: $0, channels: grid.channels) }
    heldCodes = codes
    changes = ChangeMap(grid)
  }

  /// Adds what another stretch counted.
  ///
  /// - Precondition: the same tensor and bit depths.
  package mutating func merge(_ other: TensorStatistics) {
    precondition(
      name == other.name && codes.map(\.bits) == other.codes.map(\.bits),
      "statistics of one tensor are merged")
    frames += other.frames
    comparedFrames += other.comparedFrames
    values.merge(other.values)
    for index in differences.indices { differences[index].merge(other.differences[index]) }
    for index in pairs.indices { pairs[index].merge(other.pairs[index]) }
    for index in energy.indices { energy[index].merge(other.energy[index]) }
    for index in codes.indices { codes[index].merge(other.codes[index]) }
    for index in heldCodes.indices { heldCodes[index].merge(other.heldCodes[index]) }
    changes.merge(other.changes)
  }

  /// 99.8 % range of the difference over that of the value; nil where nothing was compared or all
  /// values are the same.
  package func rangeRatio(_ direction: Direction) -> Double? {
    let span = values.middleRange
    let difference = differences[direction.rawValue]
    guard span > 0, difference.minimum <= difference.maximum else { return nil }
    return difference.middleRange / span
  }
}
