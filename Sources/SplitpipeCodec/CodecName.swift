package import SplitpipeCore

/// A coder as a user names it: a kind of coder and, where the kind has them, a level.
///
/// The raw value is the name on the command line: `rle`, `zstd`, or with a level `zstd-19`.
package struct CodecName: Hashable, Sendable, RawRepresentable, CaseIterable {
  package enum Kind: String, CaseIterable, Sendable {
    /// The run-length code of Carra and Neglia: b + 1 bits per value or run of zeros.
    case rle
    /// b bits per code, nothing else.
    case packed
    /// One byte per code; at 32 bits the float32 values themselves.
    case raw
    /// The project's own: symbols coded by what is known of their neighbours and of the frame before.
    case context
    /// zlib over one byte per code of all tensors of a frame.
    case zlib
    /// Zstandard over the same bytes.
    case zstd
    /// Zstandard with the frame before as its dictionary.
    case zstdDictionary = "zstd-dict"

    /// The levels a user can choose from, the usual one first; nil where there are none.
    var levels: (usual: Int, all: ClosedRange<Int>)? {
      switch self {
      case .rle, .packed, .raw, .context: nil
      case .zlib: (6, 1...9)
      case .zstd, .zstdDictionary: (1, 1...22)
      }
    }
  }

  package let kind: Kind
  /// How hard the coder tries; nil where there are no levels.
  package let level: Int?

  private init(_ kind: Kind, level: Int? = nil) {
    self.kind = kind
    self.level = level ?? kind.levels?.usual
  }

  package static let rle = CodecName(.rle)
  package static let packed = CodecName(.packed)
  package static let raw = CodecName(.raw)
  package static let context = CodecName(.context)
  package static let zlib = CodecName(.zlib)
  package static let zstd = CodecName(.zstd)
  package static let zstdDictionary = CodecName(.zstdDictionary)

  /// Every kind at its usual level.
  package static let allCases = Kind.allCases.map { CodecName($0) }

  /// The name without the level where that is the usual one.
  package var rawValue: String {
    guard let level, level != kind.levels?.usual else { return kind.rawValue }
    return "\(kind.rawValue)-\(level)"
  }

  /// nil unless the text is the name of a kind, followed by a hyphen and one of its levels or not.
  package init?(rawValue: String) {
    if let kind = Kind(rawValue: rawValue) {
      self.init(kind)
      return
    }
    guard let hyphen = rawValue.lastIndex(of: "-"),
      let kind = Kind(rawValue: String(rawValue[..<hyphen])), let levels = kind.levels,
      let level = Int(rawValue[rawValue.index(after: hyphen)...]), levels.all.contains(level),
      rawValue == "\(kind.rawValue)-\(level)"
    else { return nil }
    self.init(kind, level: level)
  }

  /// What a user may write, for help texts: `rle, packed, raw, zlib[-1…9], …`.
  package static var syntax: String {
    Kind.allCases.map { kind in
      guard let levels = kind.levels?.all else { return kind.rawValue }
      return "\(kind.rawValue)[-\(levels.lowerBound)…\(levels.upperBound)]"
    }.joined(separator: ", ")
  }

  /// The codec a user named.
  ///
  /// - Throws: a usage error that lists the valid names, the nearest first.
  package static func parse(_ name: String) throws(SplitpipeError) -> CodecName {
    guard let codec = CodecName(rawValue: name) else { throw .unknownCodec(name) }
    return codec
  }
}

extension CodecName {
  /// What stands for the codec in a packet; never reused for another one.
  ///
  /// Both kinds of Zstandard are one on the wire: a delta has a dictionary, a key has none.
  var wireIdentifier: UInt8 {
    switch kind {
    case .rle: 1
    case .packed: 2
    case .raw: 3
    case .context: 4
    case .zlib: 5
    case .zstd, .zstdDictionary: 6
    }
  }

  /// The codec that reads what stands for it in a packet.
  init?(wireIdentifier: UInt8) {
    let readers = CodecName.allCases.filter { $0.wireIdentifier == wireIdentifier }
    // Of two, the one that knows deltas reads what both write.
    guard let codec = readers.first(where: \.isTemporal) ?? readers.first else { return nil }
    self = codec
  }

  /// Whether packets of this codec may depend on an earlier packet.
  package var isTemporal: Bool {
    switch kind {
    case .rle, .packed, .raw, .zlib, .zstd: false
    case .context, .zstdDictionary: true
    }
  }

  /// Whether the tensors of a frame are coded together rather than one by one.
  package var codesWholeFrames: Bool {
    switch kind {
    case .rle, .packed, .raw: false
    case .context, .zlib, .zstd, .zstdDictionary: true
    }
  }
}

extension SplitpipeError {
  static func unknownCodec(_ name: String) -> SplitpipeError {
    let names = CodecName.allCases.map(\.rawValue)
    let nearest = nearestNames(to: name, among: names, limit: names.count)
    let ordered = nearest + names.filter { !nearest.contains($0) }
    for kind in CodecName.Kind.allCases where name.hasPrefix(kind.rawValue + "-") {
      guard let levels = kind.levels?.all, kind == .zstdDictionary || !name.hasPrefix("zstd-dict")
      else { continue }
      return SplitpipeError(
        .usage,
        "unknown codec \"\(name)\"; the levels of \(kind.rawValue) are \(levels.lowerBound) to "
          + "\(levels.upperBound), as in \(kind.rawValue)-\(levels.upperBound)")
    }
    return SplitpipeError(
      .usage,
      "unknown codec \"\(name)\"; valid codecs, nearest first: \(ordered.joined(separator: ", "))")
  }
}
