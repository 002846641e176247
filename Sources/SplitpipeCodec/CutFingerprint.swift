public import SplitpipeCore

/// A 64-bit name for a model cut at a split: sender and receiver compare theirs, so that tensors
/// never reach the tail of another model.
public struct CutFingerprint: Hashable, Sendable, CustomStringConvertible {
  /// The 64 bits.
  public let value: UInt64

  /// Takes the bits that a packet holds.
  public init(value: UInt64) { self.value = value }

  /// Names a model cut at a split.
  ///
  /// - Parameters:
  ///   - model: what the model file holds.
  ///   - split: the name of the split.
  public init(model: ContentHash, split: String) { value = model.adding(split).value }

  /// Sixteen hexadecimal digits.
  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
