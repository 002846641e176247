package import SplitpipeCore

/// How many bytes of float32 the paper's quantizer reads a second when they lie in cache.
package struct QuantizeSpeed: Sendable {
  /// In 10^9 bytes a second: the pass that makes codes of values whose range is known.
  package let codes: Double
  /// The same with the pass before it, that finds the range.
  package let codesAndRange: Double

  /// Codes values again and again and takes the median times.
  ///
  /// Tensors are taken in pieces that stay in the second-level cache.
  ///
  /// - Parameters:
  ///   - frontier: the tensors.
  ///   - bits: the depth, a quantized one.
  package init(of frontier: Frontier, bits: BitDepth) {
    let piece = 1 << 16
    let rounds = 201
    var codes = [UInt8](repeating: 0, count: piece)
    var (read, coding, ranging) = (0, Duration.zero, Duration.zero)
    for tensor in frontier.tensors {
      let values = Array(tensor.tensor.values.prefix(piece))
      guard !values.isEmpty else { continue }
      unsafe values.withUnsafeBufferPointer { values in
        guard let range = unsafe CodeRange(of: values, vectors: .best) else { return }
        read += values.count * 4
        coding += Self.medianTime(rounds) {
          unsafe codes.withUnsafeMutableBufferPointer { codes in
            unsafe range.writeCodes(
              of: values, levels: bits.levels, to: codes, vectors: .best)
          }
        }
        ranging += Self.medianTime(rounds) { _ = unsafe CodeRange(of: values, vectors: .best) }
      }
    }
    self.codes = Double(read) / max(coding / .nanoseconds(1), 1)
    codesAndRange = Double(read) / max((coding + ranging) / .nanoseconds(1), 1)
  }

  private static func medianTime(_ rounds: Int, _ body: () -> Void) -> Duration {
    let times = (0..<rounds).map { _ in ContinuousClock().measure(body) }.sorted()
    return times[rounds / 2]
  }
}
