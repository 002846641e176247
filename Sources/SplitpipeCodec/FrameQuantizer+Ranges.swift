import SplitpipeCore

extension FrameQuantizer {
  /// The ranges for the codes of each tensor of a frame: those of the frame before where they are
  /// held and it had all of these tensors, else as the settings take them from the values.
  ///
  /// - Throws: bad data, naming the tensor, if it is empty, a value is not finite or the range too
  ///   wide.
  func ranges(
    of frontier: Frontier, after before: [QuantizedTensor?]
  ) throws(SplitpipeError) -> [[CodeRange]] {
    for named in frontier.tensors where named.tensor.values.isEmpty {
      throw .nothingToQuantize(named.name)
    }
    if case .fixed(let range) = settings.source {
      return frontier.tensors.map { _ in [range] }
    }
    if settings.headroom != nil {
      let held = before.compactMap { $0?.ranges }
      if held.count == frontier.tensors.count { return held }
    }
    var taken: [[CodeRange]] = []
    for named in frontier.tensors { taken.append(try takeRanges(named)) }
    guard settings.isJoint else { return taken.map { $0.map(widened) } }
    let widest = taken.joined().reduce(0) { max($0, $1.width) }
    return taken.map { $0.map { joint($0, widest: widest) } }
  }

  private func takeRanges(_ named: NamedTensor) throws(SplitpipeError) -> [CodeRange] {
    var ranges: [CodeRange] = []
    for channel in 0..<settings.layout.count(named.tensor.shape) {
      guard let range = valueRange(of: named.tensor, channel: channel) else {
        throw .notFinite(named)
      }
      guard range.width.isFinite else {
        throw .rangeTooWide(named.name, range)
      }
      ranges.append(range)
    }
    return ranges
  }

  private func valueRange(of tensor: Tensor<Float>, channel: Int) -> CodeRange? {
    unsafe tensor.values.withUnsafeBufferPointer { values in
      let shape = tensor.shape
      guard settings.layout == .channel, shape.channels > 1 else {
        return unsafe sourceRange(of: values)
      }
      let plane = shape.planeCount
      let picture = plane * shape.channels
      guard picture < values.count else {
        let start = channel * plane
        return unsafe sourceRange(
          of: UnsafeBufferPointer(rebasing: values[start..<start + plane]))
      }
      // A channel of several pictures lies in pieces: bring them together.
      var gathered: [Float] = []
      gathered.reserveCapacity(values.count / shape.channels)
      for start in stride(from: channel * plane, to: values.count, by: picture) {
        unsafe gathered += values[start..<start + plane]
      }
      return unsafe gathered.withUnsafeBufferPointer { unsafe sourceRange(of: $0) }
    }
  }

  private func sourceRange(of values: UnsafeBufferPointer<Float>) -> CodeRange? {
    guard let range = unsafe CodeRange(of: values, vectors: .best) else { return nil }
    guard case .middle(let percent) = settings.source else { return range }
    return unsafe middleRange(of: values, percent: percent, within: range)
  }

  /// The range as wide as the widest of the frame with its headroom.
  ///
  /// What it gains lies above it, but for half of its own headroom: that lies below, in whole steps,
  /// so that the lowest value stays on a code. Next to the lowest value is where most values of an
  /// activation lie.
  private func joint(_ range: CodeRange, widest: Float) -> CodeRange {
    let headroom = Float((settings.headroom ?? 0) / 100)
    let width = widest * (1 + headroom)
    let step = width / Float(bits.levels - 1)
    let margin = range.width * headroom / 2
    let minimum = step > 0 ? range.minimum - (margin / step).rounded() * step : range.minimum
    // Rounding must not leave out the highest value.
    let wide = CodeRange(minimum: minimum, maximum: max(minimum + width, range.maximum))
    // Next to the ends of float32 there is no room.
    return wide.isFinite ? wide : range
  }

  /// The range with the headroom of a held one, half of it at either end.
  private func widened(_ range: CodeRange) -> CodeRange {
    guard let headroom = settings.headroom else { return range }
    let margin = range.width * Float(headroom / 200)
    let wide = CodeRange(minimum: range.minimum - margin, maximum: range.maximum + margin)
    return wide.isFinite ? wide : range
  }
}
