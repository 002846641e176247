import SplitpipeStages

/// The figures of `bench codec` for people.
struct CodecBenchmarkTable {
  let result: CodecBenchmark

  init(_ result: CodecBenchmark) { self.result = result }

  var text: String {
    var tables: [String] = [facts]
    for bound in result.bounds { tables.append(codecs(bound)) }
    if let experiment = runLengthBesideZlib { tables.append(experiment) }
    return tables.joined(separator: "\n\n")
  }

  private var facts: String {
    var rows = [
      ["input", "\(result.input), \(result.frames) frames"],
      ["cut", "\(result.model) at \(result.split)"],
      ["coefficients", "\(Text.decimal(result.coefficientsPerFrame, 0)) a frame"],
      ["quantizer", result.quantizer],
      [
        "quantizing",
        "\(Text.decimal(result.quantizeGBPerSecond, 1)) GB/s from cache, with its range "
          + "\(Text.decimal(result.quantizeWithRangeGBPerSecond, 1)) GB/s",
      ],
    ]
    if result.noise > 0 {
      rows.append(["noise", "standard deviation \(Text.decimal(result.noise, 2)) of 255"])
    }
    return Text.table(rows)
  }

  private func codecs(_ bound: CodecBenchmark.Bound) -> String {
    let header = [
      "\(bound.bits) bits", "", "bits/coef", "kB/frame", "enc Msym/s", "dec Msym/s", "enc/zstd-1",
      "dec/zstd-1", "enc/zlib-6", "dec/zlib-6",
    ]
    let rows = result.rows.filter { $0.bits == bound.bits }.map { row in
      [
        row.codec, row.mode, Text.decimal(row.bitsPerCoefficient, 3),
        Text.decimal(row.bytesPerFrame / 1000, 1), Text.decimal(row.encodeMsymPerSecond, 0),
        Text.decimal(row.decodeMsymPerSecond, 0), Text.decimal(row.encodeVsZstd1, 2),
        Text.decimal(row.decodeVsZstd1, 2), Text.decimal(row.encodeVsZlib6, 2),
        Text.decimal(row.decodeVsZlib6, 2),
      ]
    }
    let entropy = ["order-0 entropy", "bound", Text.decimal(bound.order0BitsPerCoefficient, 3)]
    return Text.table([header] + rows + [entropy], numeric: true)
  }

  /// The experiment of figure 7 of Carra and Neglia: what `rle` gains in time over zlib, and what it
  /// costs in size.
  private var runLengthBesideZlib: String? {
    let rows = result.bounds.compactMap { bound -> [String]? in
      func row(_ codec: String) -> CodecBenchmark.Row? {
        result.rows.first { $0.codec == codec && $0.bits == bound.bits && $0.mode == "intra" }
      }
      guard let run = row("rle"), let zlib = row("zlib") else { return nil }
      return [
        "\(bound.bits)", Text.decimal(run.bytesPerFrame / 1000, 1),
        Text.decimal(zlib.bytesPerFrame / 1000, 1),
        Text.decimal(run.bytesPerFrame / zlib.bytesPerFrame, 2),
        Text.decimal(run.encodeVsZlib6, 1), Text.decimal(run.decodeVsZlib6, 1),
      ]
    }
    guard !rows.isEmpty else { return nil }
    let header = [
      "rle beside zlib-6, bits", "rle kB", "zlib kB", "size ratio", "encode speed ratio",
      "decode speed ratio",
    ]
    return Text.table([header] + rows, numeric: true)
  }
}
