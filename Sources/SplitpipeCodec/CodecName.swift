package import SplitpipeCore

/// The coders a user can name; the raw value is the name on the command line.
package enum CodecName: String, CaseIterable, Sendable {
  /// The run-length code of Carra and Neglia: b + 1 bits per value or run of zeros.
  case rle
  /// b bits per code, nothing else.
  case packed
  /// One byte per code; at 32 bits the float32 values themselves.
  case raw

  /// The codec a user named.
  ///
  /// - Throws: a usage error that lists the valid names, the nearest first.
  package static func parse(_ name: String) throws(SplitpipeError) -> CodecName {
    guard let codec = CodecName(rawValue: name) else { throw .unknownCodec(name) }
    return codec
  }

  /// What stands for the codec in a packet; never reused for another one.
  var wireIdentifier: UInt8 {
    switch self {
    case .rle: 1
    case .packed: 2
    case .raw: 3
    }
  }

  init?(wireIdentifier: UInt8) {
    guard let codec = CodecName.allCases.first(where: { $0.wireIdentifier == wireIdentifier })
    else { return nil }
    self = codec
  }

  /// Whether packets of this codec may depend on an earlier packet.
  var isTemporal: Bool { false }
}

extension SplitpipeError {
  static func unknownCodec(_ name: String) -> SplitpipeError {
    let names = CodecName.allCases.map(\.rawValue)
      .map { (name: $0, distance: editDistance(name.lowercased(), $0)) }
      .sorted { $0.distance < $1.distance }
      .map(\.name)
    return SplitpipeError(
      .usage,
      "unknown codec \"\(name)\"; valid codecs, nearest first: "
        + names.joined(separator: ", "))
  }
}

/// Insertions, deletions and substitutions that turn one word into the other (Levenshtein 1966).
private func editDistance(_ left: String, _ right: String) -> Int {
  let target = Array(right)
  var row = Array(0...target.count)
  for (i, character) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in target.enumerated() {
      let substitution = diagonal + (character == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
    }
  }
  return row[target.count]
}
