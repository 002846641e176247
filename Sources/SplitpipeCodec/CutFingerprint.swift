package import SplitpipeCore

/// A 64-bit name for a model cut at a split: sender and receiver compare theirs, so that tensors
/// never reach the tail of another model.
package struct CutFingerprint: Hashable, Sendable, CustomStringConvertible {
  package let value: UInt64

  package init(value: UInt64) { self.value = value }

  /// - Parameters:
  ///   - model: what the model file holds.
  ///   - split: the name of the split.
  package init(model: ContentHash, split: String) { value = model.adding(split).value }

  /// Sixteen hexadecimal digits.
  package var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
