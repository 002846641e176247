package import SplitpipeCore

/// Looks at one tensor frame by frame; what it counts goes to statistics that the caller keeps.
///
/// Holds one frame. A change of size starts the comparison with the frame before anew.
package struct TensorAnalyser {
  package struct Settings: Sendable {
    /// Bit depths, 2…8 each.
    package var bits: [Int]
    /// Frames from one key frame to the next, whose range is held in between.
    package var keyInterval: Int
    /// Whether frames follow one another in time; else none is compared with the one before.
    package var isTemporal: Bool

    package init(bits: [Int], keyInterval: Int = 60, isTemporal: Bool = true) {
      self.bits = bits
      self.keyInterval = keyInterval
      self.isTemporal = isTemporal
    }
  }

  private let settings: Settings
  private let filter = LowPassFilter()
  private var channels: Int?
  private var previous: Tensor<Float>?
  private var codes: [[UInt8]]
  private var previousCodes: [[UInt8]]
  private var heldCodes: [[UInt8]]
  private var previousHeldCodes: [[UInt8]]
  private var heldRange: CodeRange?
  private var framesSinceKey = 0

  package init(_ settings: Settings) {
    self.settings = settings
    codes = settings.bits.map { _ in [] }
    previousCodes = codes
    heldCodes = codes
    previousHeldCodes = codes
  }

  /// Statistics to count into, with nothing counted.
  package func statistics(for tensor: NamedTensor) -> TensorStatistics {
    TensorStatistics(name: tensor.name, shape: tensor.tensor.shape, bits: settings.bits)
  }

  /// Counts one frame of the tensor, beside the frame that was observed before it.
  ///
  /// - Parameters:
  ///   - named: the tensor's values.
  ///   - statistics: gets the counts.
  /// - Throws: `badData` naming the tensor where it holds a NaN or an infinity or nothing, or where
  ///   its number of channels changed.
  package mutating func observe(
    _ named: NamedTensor, into statistics: inout TensorStatistics
  ) throws(SplitpipeError) {
    let tensor = named.tensor
    let grid = TensorGrid(tensor.shape)
    let range = try CodeRange(of: named)
    guard grid.channels == channels ?? grid.channels else {
      throw SplitpipeError(
        .badData,
        "tensor \"\(named.name)\" has \(grid.channels) channels in this frame and had "
          + "\(channels ?? 0) before; analyse frames of one size")
    }
    channels = grid.channels
    let before = settings.isTemporal && previous?.shape == tensor.shape ? previous : nil
    let isKey = before == nil || framesSinceKey >= settings.keyInterval
    if isKey {
      heldRange = range
      framesSinceKey = 0
    }
    framesSinceKey += 1

    statistics.frames += 1
    if before != nil { statistics.comparedFrames += 1 }
    statistics.count(tensor.values, before: before?.values, grid: grid, range: range)
    for index in statistics.energy.indices {
      guard let direction = Direction(rawValue: index) else { continue }
      try filter.addEnergy(
        of: tensor.values, grid: grid, direction: direction, to: &statistics.energy[index])
    }
    for (index, bits) in settings.bits.enumerated() {
      range.writeCodes(of: tensor.values, bits: bits, to: &codes[index])
      statistics.codes[index].add(
        codes[index], before: before == nil ? nil : previousCodes[index], grid: grid)
      swap(&codes[index], &previousCodes[index])
      guard settings.isTemporal, let heldRange else { continue }
      heldRange.writeCodes(of: tensor.values, bits: bits, to: &heldCodes[index])
      let beforeHeld = isKey ? nil : previousHeldCodes[index]
      statistics.heldCodes[index].add(heldCodes[index], before: beforeHeld, grid: grid)
      if index == 0, let beforeHeld {
        statistics.changes.add(heldCodes[index], before: beforeHeld, grid: grid)
      }
      swap(&heldCodes[index], &previousHeldCodes[index])
    }
    previous = tensor
  }
}
