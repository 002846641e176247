public import SplitpipeCore

/// How values become codes: what range the codes cover, for how long, and what they remember.
///
/// A user writes parts joined by `+`:
///
/// | part | meaning |
/// | --- | --- |
/// | `paper` | the range of each tensor in each frame; stands alone, the default |
/// | `clip=PERCENT` | the range of the middle PERCENT of the values; those outside are clamped |
/// | `fixed=LO:HI` | this range for every tensor of every frame |
/// | `channel` | a range for each channel |
/// | `joint` | ranges as wide as the widest of the frame, so that all tensors have the same step |
/// | `held[=HEADROOM]` | the range of a key frame, HEADROOM percent wider (5), until the next one |
/// | `sticky=D` | the last code stays while the value is within 0.5 + D steps of it |
///
/// `description` writes the same settings back, each in one way only.
public struct QuantizerSettings: Hashable, Sendable, CustomStringConvertible {
  /// Where a range comes from.
  public enum Source: Hashable, Sendable {
    /// The lowest and the highest value.
    case extremes
    /// The lowest and the highest of this middle percentage of the values.
    case middle(percent: Double)
    /// One range for all tensors.
    case fixed(CodeRange)
  }

  /// Where ranges come from.
  public let source: Source
  /// Whether there is one for a tensor or for each of its channels.
  public let layout: RangeLayout
  /// Whether all ranges of a frame are as wide as the widest of them.
  public let isJoint: Bool
  /// Percent by which a range held from key frame to key frame is wider than the values of the key
  /// frame; nil where every frame has a range of its own.
  public let headroom: Double?
  /// Steps beyond half a step for which a value keeps the code it had; nil where values are rounded.
  public let stickiness: Double?

  /// Takes parts as they are; `parse(_:)` refuses those that do not go together.
  public init(
    source: Source = .extremes, layout: RangeLayout = .tensor, isJoint: Bool = false,
    headroom: Double? = nil, stickiness: Double? = nil
  ) {
    self.source = source
    self.layout = layout
    self.isJoint = isJoint
    self.headroom = headroom
    self.stickiness = stickiness
  }

  /// The same with codes that stay while a value is within 0.5 + `steps` steps of them.
  public func sticking(within steps: Double) -> QuantizerSettings {
    QuantizerSettings(
      source: source, layout: layout, isJoint: isJoint, headroom: headroom, stickiness: steps)
  }

  /// The quantizer of Carra and Neglia: minimum and maximum of each tensor in each frame.
  public static let paper = QuantizerSettings()

  /// Percent of headroom that `held` has without a number.
  public static let usualHeadroom = 5.0

  /// Whether the codes of a frame depend on a frame before it, so that key frames matter.
  public var remembers: Bool { headroom != nil || stickiness != nil }

  /// Whether a value may lie outside the range.
  public var clamps: Bool {
    if case .extremes = source { headroom != nil } else { true }
  }

  /// The settings as a user writes them; `parse(_:)` gives equal settings back.
  public var description: String {
    var parts: [String] = []
    switch source {
    case .extremes: break
    case .middle(let percent): parts.append("clip=\(short(percent))")
    case .fixed(let range): parts.append("fixed=\(short(range.minimum)):\(short(range.maximum))")
    }
    if layout == .channel { parts.append("channel") }
    if isJoint { parts.append("joint") }
    if let headroom {
      parts.append(headroom == Self.usualHeadroom ? "held" : "held=\(short(headroom))")
    }
    if let stickiness { parts.append("sticky=\(short(stickiness))") }
    return parts.isEmpty ? "paper" : parts.joined(separator: "+")
  }
}

/// The fewest digits that give the number back, a whole one without its fraction.
private func short(_ number: some BinaryFloatingPoint & CustomStringConvertible) -> String {
  let text = number.description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
