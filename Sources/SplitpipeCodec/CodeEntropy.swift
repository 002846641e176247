import Glibc
package import SplitpipeCore

/// The order-0 entropy of codes: what the best coder would need that knows how often each code
/// occurs in a tensor of a frame, and nothing else (Shannon 1948, theorem 9).
package enum CodeEntropy {
  /// Bits that all codes of a frame take together, each tensor with frequencies of its own.
  package static func bits(_ tensors: [QuantizedTensor]) -> Double {
    tensors.reduce(0) { $0 + bits($1.codes) }
  }

  private static func bits(_ codes: [UInt8]) -> Double {
    var counts = [Int](repeating: 0, count: 256)
    for code in codes { counts[Int(code)] += 1 }
    let total = Double(codes.count)
    return counts.reduce(0) { $1 == 0 ? $0 : $0 + Double($1) * log2(total / Double($1)) }
  }
}
