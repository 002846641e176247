public import SplitpipeCore

/// A codec as a user names it: one of `CodecTable` and, where that has them, a level.
///
/// The raw value is the name on the command line: `rle`, `zstd`, or with a level `zstd-19`.
public struct CodecName: Hashable, Sendable, RawRepresentable, CaseIterable {
  package let definition: CodecDefinition
  /// How hard the coder tries; nil where there are no levels.
  public let level: Int?

  /// - Parameters:
  ///   - definition: one of the table.
  ///   - level: one of its levels; nil for the usual one.
  init(_ definition: CodecDefinition, level: Int? = nil) {
    self.definition = definition
    self.level = level ?? definition.levels?.usual
  }

  /// Every codec at its usual level.
  public static let allCases = CodecTable.all.map { CodecName($0) }

  /// The name without the level where that is the usual one.
  public var rawValue: String {
    guard let level, level != definition.levels?.usual else { return definition.name }
    return "\(definition.name)-\(level)"
  }

  /// nil unless the text is the name of a codec, followed by a hyphen and one of its levels or not.
  public init?(rawValue: String) {
    if let definition = CodecTable.codec(named: rawValue) {
      self.init(definition)
      return
    }
    guard let hyphen = rawValue.lastIndex(of: "-"),
      let definition = CodecTable.codec(named: rawValue[..<hyphen]),
      let levels = definition.levels, let level = Int(rawValue[rawValue.index(after: hyphen)...]),
      levels.all.contains(level), rawValue == "\(definition.name)-\(level)"
    else { return nil }
    self.init(definition, level: level)
  }

  /// Names of codecs are unique, so a name and a level are all there is to compare.
  public static func == (left: CodecName, right: CodecName) -> Bool {
    left.definition.name == right.definition.name && left.level == right.level
  }

  /// Feeds the name and the level.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(definition.name)
    hasher.combine(level)
  }

  /// What a user may write, for help texts: `rle, packed, raw, zlib[-1…9], …`.
  public static var syntax: String {
    CodecTable.all.map { codec in
      guard let levels = codec.levels?.all else { return codec.name }
      return "\(codec.name)[-\(levels.lowerBound)…\(levels.upperBound)]"
    }.joined(separator: ", ")
  }

  /// The codec a user named.
  ///
  /// - Throws: a usage error that lists the valid names, the nearest first.
  public static func parse(_ name: String) throws(SplitpipeError) -> CodecName {
    guard let codec = CodecName(rawValue: name) else { throw .unknownCodec(name) }
    return codec
  }
}

extension CodecName {
  /// What stands for the codec in a packet.
  package var wireIdentifier: UInt8 { definition.wireIdentifier }

  /// The codec that reads what stands for it in a packet.
  init?(wireIdentifier: UInt8) {
    guard let definition = CodecTable.codec(wireIdentifier: wireIdentifier) else { return nil }
    self.init(definition)
  }

  /// Whether packets of this codec may depend on an earlier packet.
  public var isTemporal: Bool { definition.isTemporal }

  /// Whether the tensors of a frame are coded together rather than one by one.
  package var codesWholeFrames: Bool {
    if case .frames = definition.coding { true } else { false }
  }

  /// Whether a frame by itself is coded as another codec does it that has no deltas, under the same
  /// number on the wire.
  package var sharesKeys: Bool {
    isTemporal
      && CodecTable.all.contains { $0.wireIdentifier == wireIdentifier && !$0.isTemporal }
  }

  /// Whether the codec goes with a bit depth.
  func takes(_ bits: BitDepth) -> Bool { bits.isQuantized || definition.takesFloats }
}

extension SplitpipeError {
  fileprivate static func unknownCodec(_ name: String) -> SplitpipeError {
    // Of names that begin alike the longest is the one that was meant.
    let meant = CodecTable.all.filter { name.hasPrefix($0.name) }
      .max { $0.name.count < $1.name.count }
    if let meant, let levels = meant.levels?.all, name.hasPrefix(meant.name + "-") {
      return SplitpipeError(
        .usage,
        "unknown codec \"\(name)\"; the levels of \(meant.name) are \(levels.lowerBound) to "
          + "\(levels.upperBound), as in \(meant.name)-\(levels.upperBound)")
    }
    let names = CodecName.allCases.map(\.rawValue)
    let nearest = nearestNames(to: name, among: names, limit: names.count)
    let ordered = nearest + names.filter { !nearest.contains($0) }
    return SplitpipeError(
      .usage,
      "unknown codec \"\(name)\"; valid codecs, nearest first: \(ordered.joined(separator: ", "))")
  }
}
