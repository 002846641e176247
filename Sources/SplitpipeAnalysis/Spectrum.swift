package import SplitpipeCore

/// Energy of lines along one direction, by frequency.
package struct SpectrumEnergy: Sendable, Equatable {
  /// Of the mean of each line, frequency 0.
  package var mean = 0.0
  /// Of the lowest tenth of the frequencies, without the mean.
  package var low = 0.0
  package var all = 0.0

  package init() {}

  package mutating func merge(_ other: SpectrumEnergy) {
    mean += other.mean
    low += other.low
    all += other.all
  }

  /// Share of all energy in the lowest tenth of the frequencies, the mean included; nil where there
  /// is no energy.
  package var lowestShare: Double? { all > 0 ? min(1, (mean + low) / all) : nil }

  /// The same of what varies: the energy of the means is left out on both sides.
  package var lowestShareOfVariation: Double? {
    all - mean > all * 1e-9 ? min(1, low / (all - mean)) : nil
  }
}

/// Lines of a tensor along its rows, columns or channels.
enum Lines {
  /// Length of a line, and the distance of its coefficients in memory.
  static func extent(_ direction: Direction, of grid: TensorGrid) -> (length: Int, stride: Int) {
    switch direction {
    case .row: (grid.width, 1)
    case .column: (grid.height, grid.width)
    case .channel, .time: (grid.channels, grid.plane)
    }
  }

  /// Calls `body` with the beginnings of two lines at a time, the last one alone where their number
  /// is odd.
  static func forEachPair(
    _ direction: Direction, of grid: TensorGrid, _ body: (Int, Int?) -> Void
  ) {
    let (length, _) = extent(direction, of: grid)
    let count = length > 0 ? grid.count / length : 0
    func start(_ line: Int) -> Int {
      switch direction {
      case .row: line * grid.width
      case .column: line / grid.width * grid.plane + line % grid.width
      case .channel, .time: line
      }
    }
    for line in stride(from: 0, to: count, by: 2) {
      body(start(line), line + 1 < count ? start(line + 1) : nil)
    }
  }
}

/// Keeps the lowest frequencies of tensors, along each direction by itself.
package final class LowPassFilter {
  private var transforms: [Int: TransformBox] = [:]

  private final class TransformBox {
    let transform: FourierTransform
    init(length: Int) throws(SplitpipeError) {
      transform = try FourierTransform(length: length)
    }
  }

  package init() {}

  /// What is left of a tensor when only the lowest frequencies are kept.
  ///
  /// - Parameters:
  ///   - share: of the frequencies 0…n/2 of a line of n values, those up to share · n/2 stay.
  ///   - tensor: any tensor; see `TensorGrid` for what its rows, columns and channels are.
  ///   - directions: along which to filter, one after the other; the order makes no difference.
  /// - Returns: a tensor of the same shape.
  /// - Throws: `unavailable` where there is no memory.
  package func lowest(
    _ share: Double, of tensor: Tensor<Float>, along directions: [Direction]
  ) throws(SplitpipeError) -> Tensor<Float> {
    var values = tensor.values
    let grid = TensorGrid(tensor.shape)
    for direction in directions {
      let (length, step) = Lines.extent(direction, of: grid)
      guard length > 1 else { continue }
      let box = try box(length)
      let cutoff = FourierTransform.cutoff(length: length, share: share)
      unsafe values.withUnsafeMutableBufferPointer { values in
        guard let start = values.baseAddress else { return }
        Lines.forEachPair(direction, of: grid) { first, second in
          unsafe box.transform.lowPass(
            start + first, second.map { unsafe start + $0 }, stride: step, cutoff: cutoff)
        }
      }
    }
    return Tensor(shape: tensor.shape, values: values)
  }

  private func box(_ length: Int) throws(SplitpipeError) -> TransformBox {
    if let box = transforms[length] { return box }
    let box = try TransformBox(length: length)
    transforms[length] = box
    return box
  }

  /// Adds the energy of a tensor's lines to a sum.
  func addEnergy(
    of values: [Float], grid: TensorGrid, direction: Direction, to energy: inout SpectrumEnergy
  ) throws(SplitpipeError) {
    let (length, step) = Lines.extent(direction, of: grid)
    guard length > 0, !values.isEmpty else { return }
    let box = try box(length)
    let cutoff = FourierTransform.cutoff(length: length, share: 0.1)
    var sum = SpectrumEnergy()
    unsafe values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      Lines.forEachPair(direction, of: grid) { first, second in
        let (mean, low, all) = unsafe box.transform.energy(
          start + first, second.map { unsafe start + $0 }, stride: step, cutoff: cutoff)
        sum.mean += mean
        sum.low += low
        sum.all += all
      }
    }
    // Parseval: by the length, so that directions of one tensor have the same sum.
    energy.mean += sum.mean / Double(length)
    energy.low += sum.low / Double(length)
    energy.all += sum.all / Double(length)
  }
}
