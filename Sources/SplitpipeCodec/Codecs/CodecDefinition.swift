import SplitpipeCore

/// All that the program knows of one codec; each is described in a file of its own, beside what it
/// is made of, and stands in `CodecTable`.
package struct CodecDefinition: Sendable {
  /// The levels that a user can choose from.
  struct Levels: Sendable {
    /// The one that the name alone means.
    let usual: Int
    let all: ClosedRange<Int>
  }

  /// How codes become bytes.
  enum Coding: Sendable {
    /// Tensor by tensor, each by itself.
    case tensors(any TensorCoder)
    /// All tensors of a frame together. Both closures make a coder with a memory of its own, the
    /// encoder at the level chosen, 0 where there are none; they throw where memory is lacking.
    case frames(
      encoder: @Sendable (_ level: Int) throws(SplitpipeError) -> any FrameCodesEncoder,
      decoder: @Sendable () throws(SplitpipeError) -> any FrameCodesDecoder)
  }

  /// What a user calls it, without a level.
  let name: String
  /// What stands for it in a packet; never used again for another one.
  ///
  /// Two codecs may share a number if one of them reads what either writes: the one with deltas.
  let wireIdentifier: UInt8
  /// nil where there is nothing to choose.
  let levels: Levels?
  /// Whether its packets may depend on an earlier packet.
  let isTemporal: Bool
  /// Whether it also sends float32 values as they are, at 32 bits.
  let takesFloats: Bool
  let coding: Coding

  init(
    name: String, wireIdentifier: UInt8, levels: Levels? = nil, isTemporal: Bool = false,
    takesFloats: Bool = false, coding: Coding
  ) {
    self.name = name
    self.wireIdentifier = wireIdentifier
    self.levels = levels
    self.isTemporal = isTemporal
    self.takesFloats = takesFloats
    self.coding = coding
  }
}
