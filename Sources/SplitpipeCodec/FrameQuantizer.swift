public import SplitpipeCore

/// Turns the tensors of one frame after another into codes under the settings a user chose; one per
/// sender and run.
///
/// With the paper's settings this is `Quantizer`. Otherwise the code of a value is that of
/// `CodeSteps` over the range of its tensor or channel, or, where codes stick, the code q′ of the
/// frame before while the value's position s satisfies |s − q′| < 0.5 + D. The distance is taken anew
/// from every value, so errors do not add up.
public struct FrameQuantizer: Sendable {
  /// How values become codes.
  public let settings: QuantizerSettings
  /// The width of a code.
  public let bits: BitDepth
  /// Values outside their range so far.
  public private(set) var clamped = 0
  private let plain: Quantizer
  /// The tensors of the frame before, where the settings remember any.
  private var previous: [QuantizedTensor] = []

  /// Starts without a frame before.
  ///
  /// - Throws: a usage error for 32 bits, which means no quantization.
  public init(settings: QuantizerSettings = .paper, bits: BitDepth) throws(SplitpipeError) {
    self.settings = settings
    self.bits = bits
    plain = try Quantizer(bits: bits)
  }

  /// Codes every tensor of a frontier, in its order.
  ///
  /// In a key frame, ranges are taken anew and every value is rounded; so they are where the frame
  /// before did not have the same tensors. A frame that is refused leaves nothing behind.
  ///
  /// - Parameters:
  ///   - frontier: the values.
  ///   - dependency: whether the frame may lean on the one before it.
  /// - Returns: the codes and their ranges.
  /// - Throws: bad data, naming the tensor, if it is empty, holds a NaN or an infinity, or spans
  ///   more than float32 can express.
  public mutating func quantize(
    _ frontier: Frontier, as dependency: FrameDependency = .key
  ) throws(SplitpipeError) -> [QuantizedTensor] {
    guard settings != .paper else { return try plain.quantize(frontier) }
    let before = frontier.tensors.enumerated().map { index, named in
      dependency != .key && index < previous.count && previous[index].name == named.name
        && previous[index].shape == named.tensor.shape
        ? previous[index] : nil
    }
    let ranges = try ranges(of: frontier, after: before)
    var tensors: [QuantizedTensor] = []
    tensors.reserveCapacity(frontier.tensors.count)
    var outside = 0
    for (index, named) in frontier.tensors.enumerated() {
      var tally = CodingTally()
      let codes = writeCodes(named.tensor, ranges[index], before: before[index], &tally)
      guard tally.isFinite else { throw .notFinite(named) }
      outside += tally.clamped
      tensors.append(
        QuantizedTensor(
          name: named.name, shape: named.tensor.shape, bits: bits, ranges: ranges[index],
          codes: codes))
    }
    clamped += outside
    if settings.remembers { previous = tensors }
    return tensors
  }

  private func writeCodes(
    _ tensor: Tensor<Float>, _ ranges: [CodeRange], before: QuantizedTensor?,
    _ tally: inout CodingTally
  ) -> [UInt8] {
    let piece = ranges.count == 1 ? tensor.values.count : tensor.shape.planeCount
    let reach = settings.stickiness.map { Float(0.5 + $0) }
    return unsafe [UInt8](unsafeUninitializedCapacity: tensor.values.count) { codes, count in
      unsafe tensor.values.withUnsafeBufferPointer { values in
        for (number, start) in stride(from: 0, to: values.count, by: piece).enumerated() {
          let end = start + piece
          let range = ranges[number % ranges.count]
          let input = unsafe UnsafeBufferPointer(rebasing: values[start..<end])
          let output = unsafe UnsafeMutableBufferPointer(rebasing: codes[start..<end])
          if let before, let reach {
            unsafe before.codes.withUnsafeBufferPointer { previous in
              tally.add(
                unsafe range.writeStickyCodes(
                  of: input, levels: bits.levels,
                  previous: UnsafeBufferPointer(rebasing: previous[start..<end]), reach: reach,
                  to: output))
            }
          } else {
            tally.add(
              unsafe range.writeClampedCodes(
                of: input, levels: bits.levels, to: output))
          }
        }
      }
      count = tensor.values.count
    }
  }
}
