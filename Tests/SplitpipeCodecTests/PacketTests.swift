import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeCodec

struct PacketTests {
  /// A 1×2×2×2 tensor of codes 0 0 0 0 0 1 3 0 at 2 bits, range −1…2, as rle: version 1.
  static let golden1 = bytes(
    """
    53 50 54 01 00 01 02 01 ac 02 05 00 00 00 00 00 00 d0 3f ef cd ab 89 67 45 23 01
    04 01 02 02 02 0a 00 00 80 bf 00 00 00 40 f0 b8 a3 ee 72 1f
    """)
  /// The same in version 2.
  static let golden2 = bytes(
    """
    53 50 54 02 00 01 02 ac 02 05 00 00 00 00 00 00 d0 3f ef cd ab 89 67 45 23 01 01
    04 01 02 02 02 0a 00 00 80 bf 00 00 00 40 f0 b8 fb ea 02 3f
    """)
  /// The same in version 3, of no picture.
  static let golden3 = bytes(
    """
    53 50 54 03 00 01 02 ac 02 05 00 00 00 00 00 00 d0 3f ef cd ab 89 67 45 23 01 01
    04 01 02 02 02 0a 00 00 80 bf 00 00 00 40 f0 b8 d0 ff c2 e2
    """)
  /// The same of a picture; Documentation/wire-format.md goes through it byte by byte.
  static let golden = bytes(
    """
    53 50 54 03 08 01 02 ac 02 05 00 00 00 00 00 00 d0 3f ef cd ab 89 67 45 23 01
    80 0a d0 05 80 05 80 03 01 04 01 02 02 02 0a 00 00 80 bf 00 00 00 40 f0 b8 9d bc b3 1e
    """)
  static let sizes = FrameSizes(
    source: PixelSize(width: 1280, height: 720), input: PixelSize(width: 640, height: 384))

  private func goldenPacket(_ sizes: FrameSizes? = nil) throws -> Packet {
    let tensor = try quantized(
      [0, 0, 0, 0, 0, 1, 3, 0], bits: 2, shape: [1, 2, 2, 2], minimum: -1, maximum: 2)
    return Packet(
      settings: try CodecSettings(codec: .rle, bits: tensor.bits), dependency: .key,
      sequence: 300, stamp: FrameStamp(index: 5, seconds: 0.25),
      keyHeader: Packet.KeyHeader(
        fingerprint: CutFingerprint(value: 0x0123_4567_89AB_CDEF), sizes: sizes,
        shapes: [tensor.shape]),
      contents: .tensors([RunLengthCoder().encode(tensor)]))
  }

  @Test func `version 3 is written and read byte for byte`() throws {
    for (golden, sizes) in [(Self.golden, Self.sizes), (Self.golden3, nil)] {
      let packet = try goldenPacket(sizes)
      #expect(packet.serialized() == golden)
      #expect(try Packet(parsing: golden) == packet)
      #expect(packet.payloadBytes == [10])
      #expect(try decodeAll(packet).sizes == sizes)
    }
  }

  @Test(arguments: [golden1, golden2])
  func `versions 1 and 2 are still read`(golden: [UInt8]) throws {
    let packet = try Packet(parsing: golden)
    #expect(try packet == goldenPacket())
    let frame = try decodeAll(packet)
    #expect(frame.quantized?.first?.codes == [0, 0, 0, 0, 0, 1, 3, 0])
    #expect(frame.sizes == nil)
  }

  @Test func `the checksum is the Castagnoli one`() {
    let digits = Array("123456789".utf8)
    #expect(CRC32C.checksum(digits, count: 9) == 0xE306_9283)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32), count: 32) == 0x8A91_36AA)
  }

  @Test(arguments: [golden1, golden2, golden3, golden])
  func `every prefix and every longer packet is refused`(golden: [UInt8]) {
    for end in golden.indices {
      let error = #expect(throws: SplitpipeError.self) {
        try Packet(parsing: Array(golden[..<end]))
      }
      #expect(error?.kind == .badData)
    }
    #expect(throws: SplitpipeError.self) { try Packet(parsing: golden + [0]) }
  }

  @Test(arguments: [golden1, golden2, golden3, golden])
  func `every changed byte is refused`(golden: [UInt8]) {
    for index in golden.indices {
      for change in 1...255 as ClosedRange<UInt8> {
        var bytes = golden
        bytes[index] ^= change
        #expect(throws: SplitpipeError.self) { try Packet(parsing: bytes) }
      }
    }
  }

  @Test(arguments: [golden1, golden2, golden3, golden])
  func `a changed byte under a good checksum is refused or another packet`(
    golden: [UInt8]
  ) throws {
    let original = try Packet(parsing: golden)
    let body = golden.dropLast(4)
    for index in body.indices {
      for change in 1...255 as ClosedRange<UInt8> {
        var bytes = Array(body)
        bytes[index] ^= change
        let resealed = sealed(bytes)
        guard let packet = try? Packet(parsing: resealed) else { continue }
        // The version alone tells some apart where the rest happens to fit both.
        if index != 3 { #expect(packet != original) }
        if resealed[3] == Packet.version {
          #expect(packet.serialized() == resealed, "byte \(index), change \(change)")
        }
        _ = try? decodeAll(packet)
      }
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `noise under a good checksum is refused or a packet`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let tail = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
      UInt8.random(in: 0...(Bool.random(using: &generator) ? 3 : 255), using: &generator)
    }
    let bytes = sealed([0x53, 0x50, 0x54, Packet.version, UInt8(seed % 16)] + tail)
    if let packet = try? Packet(parsing: bytes) {
      #expect(packet.serialized() == bytes, "seed \(seed)")
    }
  }

  private func decodeAll(_ packet: Packet) throws -> DecodedFrame {
    var decoder = FrameDecoder(
      fingerprint: packet.keyHeader?.fingerprint ?? CutFingerprint(value: 0))
    return try decoder.decode(
      packet,
      expecting: (packet.keyHeader?.shapes ?? []).map { TensorDescription(name: "t", shape: $0) })
  }

  /// Positions in the golden packet, what is put there, and words of the message.
  @Test(
    arguments: [
      (0, "54", "start with SPT"), (3, "04", "version is 4, expected 1 to 3"),
      (3, "00", "version is 0"), (4, "10", "flags are 16, of which only the lowest four bits"),
      (3, "02", "flags are 8, of which only the lowest three bits"), (4, "04", "keeps the ranges"),
      (4, "01", "delta, which codec rle does not have"),
      (5, "00", "codec is number 0"), (5, "63", "codec is number 99"),
      (6, "01", "does not go with 1 bits"), (6, "20", "codec rle does not go with 32 bits"),
      (7, "ac 00", "not spelled in the fewest bytes"), (16, "f8 7f", "time is nan"),
      (26, "80 00", "its picture's width is not spelled in the fewest bytes"),
      (26, "00", "its picture's width is 0, expected 1 to 65535"),
      (28, "80 80 04", "its picture's height is 65536, expected 1 to 65535"),
      (30, "00", "its input's width is 0"), (32, "00", "its input's height is 0"),
      (34, "00", "has 0 tensors"), (34, "21", "has 33 tensors"),
      (35, "00", "rank 0"), (35, "09", "rank 9"), (36, "00", "extents is 0"),
      (40, "0b", "inside its payload"), (40, "09", "1 bytes follow its last payload"),
    ])
  func `fields out of range are named`(offset: Int, hex: String, words: String) throws {
    var body = Array(Self.golden.dropLast(4))
    let replacement = bytes(hex)
    body.replaceSubrange(offset..<offset + replacement.count, with: replacement)
    let error = #expect(throws: SplitpipeError.self) { try Packet(parsing: sealed(body)) }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "none")")
  }

  @Test func `a huge shape with a tiny payload is refused`() throws {
    let header = Array(Self.golden3[..<27])
    for shape in ["04 ff ff 03 ff ff 03 ff ff 03 ff ff 03", "02 ff ff 03 ff ff 03", "01 80 80 04"] {
      let body = header + bytes(shape) + [0]
      let error = #expect(throws: SplitpipeError.self) { try Packet(parsing: sealed(body)) }
      #expect(error?.kind == .badData)
    }
  }

  @Test func `limits hold for the tensors together`() throws {
    let golden = try goldenPacket()
    let packet = Packet(
      settings: golden.settings, dependency: .key, sequence: 0, stamp: golden.stamp,
      keyHeader: Packet.KeyHeader(
        fingerprint: CutFingerprint(value: 1),
        shapes: [Shape([100]), Shape([100]), Shape([100])]),
      contents: .tensors([[], [], []]))
    let bytes = packet.serialized()
    let limits = PacketLimits(maximumTensors: 3, maximumCoefficients: 300, maximumExtent: 100)
    #expect(try Packet(parsing: bytes, limits: limits) == packet)
    for tighter in [
      PacketLimits(maximumTensors: 2), PacketLimits(maximumCoefficients: 299),
      PacketLimits(maximumExtent: 99),
    ] {
      #expect(throws: SplitpipeError.self) { try Packet(parsing: bytes, limits: tighter) }
    }
  }

  @Test func `a delta that has sizes of its own is refused`() throws {
    var line = try TestLine("context")
    _ = try line.send()
    var body = Array(try line.send().packet.serialized().dropLast(4))
    body[4] |= 8
    let error = #expect(throws: SplitpipeError.self) { try Packet(parsing: sealed(body)) }
    #expect(error?.message.contains("has sizes, which are those of its base") == true)
  }

  @Test func `a receiver may set the largest side`() throws {
    #expect(throws: Never.self) {
      try Packet(parsing: Self.golden, limits: PacketLimits(maximumSide: 1280))
    }
    #expect(throws: SplitpipeError.self) {
      try Packet(parsing: Self.golden, limits: PacketLimits(maximumSide: 1279))
    }
  }

  /// Sides, and the bytes that their sizes add to a key.
  @Test(arguments: [(1, 4), (127, 4), (128, 8), (16_383, 8), (16_384, 12), (65_535, 12)])
  func `sizes add four to twelve bytes to a key`(side: Int, growth: Int) throws {
    let size = PixelSize(width: side, height: side)
    let packet = try goldenPacket(FrameSizes(source: size, input: size))
    let bytes = packet.serialized()
    #expect(bytes.count == Self.golden3.count + growth)
    #expect(try Packet(parsing: bytes) == packet)
  }

  @Test func `a packet of two tensors of the usual cut has 54 bytes beside its payloads`() throws {
    let shape = Shape([1, 32, 48, 80])
    let payload = [UInt8](repeating: 0, count: 46_088)
    let golden = try goldenPacket()
    let header = Packet.KeyHeader(
      fingerprint: CutFingerprint(value: 1), sizes: Self.sizes, shapes: [shape, shape])
    let stamp = FrameStamp(index: 0, seconds: 0)
    let packet = Packet(
      settings: golden.settings, dependency: .key, sequence: 0, stamp: stamp, keyHeader: header,
      contents: .tensors([payload, payload]))
    #expect(packet.serialized().count == 54 + 2 * payload.count)
    let zstd = try CodecSettings(codec: .zstdDictionary, bits: depth(3))
    let key = Packet(
      settings: zstd, dependency: .key, sequence: 0, stamp: stamp, keyHeader: header,
      contents: .joined(payload))
    #expect(key.serialized().count == 48 + payload.count)
    let delta = Packet(
      settings: zstd, dependency: .delta(from: 0), sequence: 1, stamp: stamp, keyHeader: nil,
      keepsRanges: true, contents: .joined(payload))
    #expect(delta.serialized().count == 22 + payload.count)
    #expect(try Packet(parsing: delta.serialized()) == delta)
  }
}
