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
    let nearest = nearestNames(to: name, among: names, limit: names.count)
    let ordered = nearest + names.filter { !nearest.contains($0) }
    return SplitpipeError(
      .usage,
      "unknown codec \"\(name)\"; valid codecs, nearest first: \(ordered.joined(separator: ", "))")
  }
}
