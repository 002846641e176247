import SplitpipeCore

extension FrameQuantizer {
  /// The ranges for a tensor's codes as the settings take them from its values.
  ///
  /// - Throws: bad data, naming the tensor, if a value is not finite or the range too wide.
  func takeRanges(_ named: NamedTensor) throws(SplitpipeError) -> [CodeRange] {
    if case .fixed(let range) = settings.source { return [range] }
    var ranges: [CodeRange] = []
    for channel in 0..<settings.layout.count(named.tensor.shape) {
      let range = valueRange(of: named.tensor, channel: channel)
      guard range.isFinite else { throw .notFinite(named) }
      guard (range.maximum - range.minimum).isFinite else {
        throw .rangeTooWide(named.name, range)
      }
      ranges.append(widened(range))
    }
    return ranges
  }

  private func valueRange(of tensor: Tensor<Float>, channel: Int) -> ValueRange {
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

  private func sourceRange(of values: UnsafeBufferPointer<Float>) -> ValueRange {
    let range = unsafe SplitpipeCodec.valueRange(of: values)
    guard range.isFinite, case .middle(let percent) = settings.source else { return range }
    return unsafe middleRange(of: values, percent: percent, within: range)
  }

  /// The range with the headroom of a held one, half of it at either end.
  private func widened(_ range: ValueRange) -> CodeRange {
    let plain = CodeRange(minimum: range.minimum, maximum: range.maximum)
    guard let headroom = settings.headroom else { return plain }
    let margin = (range.maximum - range.minimum) * Float(headroom / 200)
    let wide = CodeRange(minimum: range.minimum - margin, maximum: range.maximum + margin)
    // Next to the ends of float32 there is no room.
    return (wide.maximum - wide.minimum).isFinite ? wide : plain
  }
}
