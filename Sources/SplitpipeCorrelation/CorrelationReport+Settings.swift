import SplitpipeCodec
import SplitpipeMedia
import SplitpipeReport

extension CorrelationReport {
  /// Names and values needed to run an analysis again.
  static func settings(
    of summary: CorrelationSummary, keyInterval: Int, codecs: [CodecName]
  ) -> [(name: String, value: String)] {
    [
      ("splitpipe", summary.version), ("engine", summary.engine), ("decoding", mediaDescription),
      ("input", summary.input), ("model", summary.model), ("split", summary.split),
      ("tensors", summary.tensors.map(\.name).joined(separator: ", ")),
      ("bits", summary.bits.map(String.init).joined(separator: ", ")),
      ("precision", summary.precision), ("preparation", summary.preparation),
      ("start", "\(summary.start) s"), ("every", "\(summary.every)"),
      ("key interval", "\(keyInterval)"),
      ("codecs", codecs.map(\.rawValue).joined(separator: ", ")),
      ("time", "\(oneDecimal(summary.seconds)) s"),
    ].map { (name: $0.0, value: $0.1) }
  }
}
