import Foundation
import SplitpipeTestSupport
import Testing

private struct Measured: Decodable {
  struct Row: Decodable {
    let codec: String
    let mode: String
    let bits: Int
    let frames: Int
    let bitsPerCoefficient: Double
    let bytesPerFrame: Double
    let encodeMsymPerSecond: Double
    let decodeMsymPerSecond: Double
    let encodeVsZstd1: Double
    let decodeVsZlib6: Double
  }
  struct Bound: Decodable {
    let bits: Int
    let order0BitsPerCoefficient: Double
  }
  let frames: Int
  let coefficientsPerFrame: Double
  let rows: [Row]
  let bounds: [Bound]
  let quantizeGBPerSecond: Double

  func row(_ codec: String, _ mode: String, bits: Int = 3) -> Row? {
    rows.first { $0.codec == codec && $0.mode == mode && $0.bits == bits }
  }
}

@Suite(OpenVINORuntime.needed) struct `splitpipe bench codec` {
  private func measure(_ arguments: [String]) throws -> Measured {
    let outcome = try Program.run(["bench", "codec"] + arguments + ["--json", "--quiet"])
    try #require(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Measured.self, from: Data(outcome.output.utf8))
  }

  private func clip(_ folder: TemporaryFolder) throws -> String {
    let path = folder.file("street.mp4")
    try #require(
      try Program.run(["synth", path, "--seed", "4", "--frames", "5", "--quiet"]).code == 0)
    return path
  }

  @Test func `measures every codec on every frame, alone and after the frame before`() throws {
    let folder = try TemporaryFolder()
    let clip = try clip(folder)
    let all = try measure([clip, "--bits", "2,3", "--frames", "4"])
    #expect(all.frames == 4)
    for bits in [2, 3] {
      for codec in ["rle", "packed", "raw", "context", "zlib", "zstd", "zstd-19"] {
        let row = try #require(all.row(codec, "intra", bits: bits), "\(codec) at \(bits) bits")
        #expect(row.frames == 4 && row.encodeMsymPerSecond > 0 && row.decodeMsymPerSecond > 0)
        let bytes = row.bitsPerCoefficient / 8 * all.coefficientsPerFrame
        #expect(abs(bytes - row.bytesPerFrame) < 1e-6 * bytes)
      }
      // The first frame is a key and no part of these.
      #expect(all.row("context", "inter", bits: bits)?.frames == 3)
      #expect(all.row("zstd-dict", "inter", bits: bits)?.frames == 3)
      #expect(all.row("zstd-dict", "intra", bits: bits) == nil)
      #expect(all.row("rle", "inter", bits: bits) == nil)
      #expect(all.row("zstd", "intra", bits: bits)?.encodeVsZstd1 == 1)
      #expect(all.row("zlib", "intra", bits: bits)?.decodeVsZlib6 == 1)
    }
    // b bits and a header for packing; contexts beat what ignores them.
    let packed = try #require(all.row("packed", "intra")).bitsPerCoefficient
    #expect(packed > 3 && packed < 3.01)
    let entropy = try #require(all.bounds.first { $0.bits == 3 }).order0BitsPerCoefficient
    let alone = try #require(all.row("context", "intra")).bitsPerCoefficient
    let after = try #require(all.row("context", "inter")).bitsPerCoefficient
    #expect(entropy < 3 && alone < entropy && after < alone)
    #expect(all.quantizeGBPerSecond > 0)
  }

  @Test func `adds noise, holds ranges and passes over frames`() throws {
    let folder = try TemporaryFolder()
    let clip = try clip(folder)
    func after(_ more: [String]) throws -> Double {
      let result = try measure([clip, "--codec", "context", "--start", "1"] + more)
      #expect(result.frames == 4)
      return try #require(result.row("context", "inter")).bitsPerCoefficient
    }
    let clean = try after([])
    let noisy = try after(["--noise", "4"])
    #expect(noisy > clean)
    #expect(try after(["--noise", "4", "--quantizer", "held+sticky=0.5"]) < noisy)
  }

  @Test(arguments: [
    (["--bits", "32"], 64, "2 to 8 bits"), (["--codec", "contxt"], 64, "nearest first: context"),
    (["--quantizer", "hled"], 64, "held"), (["--noise", "65"], 64, "--noise is 0 to 64"),
    (["--start", "99"], 65, "no frame to measure"),
  ])
  func `says what is wrong`(arguments: [String], code: Int32, words: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run(
      ["bench", "codec", try clip(folder), "--quiet"] + arguments)
    #expect(outcome.code == code)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
  }
}
