import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport
import Testing

/// The bytes of the context coder, as they have to stay.
struct ContextGoldenTests {
  struct Golden: Sendable, CustomTestStringConvertible {
    let bits: Int
    let key: String
    let delta: String
    let skippingDelta: String

    var testDescription: String { "\(bits) bits" }
  }

  static let goldens: [Golden] = [
    Golden(
      bits: 3,
      key: """
        00 9f 85 90 8c 97 6e fc 36 a8 7b 6e da 7e 10 14 3a 43 0e 1e 84 87 08 6f 89 3e 85 61
        a3 21 17 90 b2 3b 5d f6 dc 57 6b 17 3d c3 68 09 a0 c7 6a 7d e5 8c 6e 06 bf 22 e0 69
        da
        """,
      delta: """
        00 fd 16 43 d4 f0 e8 72 1d 9c db 0d a2 79 c5 1b a5 dc a0 ff 6d 37 e4 36 7a fb a6 13
        a6 fd c8 ec 2c ae 63 ae a8 90 60 e0 c4 cf ea 58 b3 6f ae
        """,
      skippingDelta: """
        01 e8 7e 30 00 46 d2 01 1a 33 0a 46 6d 59 ae aa 64 3a f9 11 d4 24 fb 6f 12 32 66 e2
        bd 10 79 2f d7 0b 24 8c 64 f8 45 3c c8 85 6c ad 07 fc 5b cc 3b 95 5b 8e e5
        """),
    Golden(
      bits: 6,
      key: """
        00 6b 04 48 00 9a d0 f7 98 8f 44 c7 73 9f 83 2a b3 6b 64 78 ab 7e c8 e4 26 62 9c 62
        e5 66 8c cc 27 4b ca 78 ed ec a8 08 b9 a5 e2 30 bf f2 b8 da 65 9b 60 b1 9a e3 47 9e
        c6 0c 3f 6a 77 d6 26 49 c9 5f 03 f2 1e fe bf 07 56 33 be e3 a3 a7 89 16 6d 5a d2 d8
        b6 b8 f9 cb 67 f7 4a 37 3e 4b 81 8c 1a 9f e4 fe 01 d8 bc e7 a4 85 4b 67 aa 91 24 6f
        3e 55 da eb 38 53 c2 f6 13 66 5b d1 c7 ce bf 19 ad 99 64 35 0e 6b 1f 58 a7 fe 4d 29
        6d 5b d2 2c 02 1c d4 6c bd 6d 69 f7 4b e1 22 27 df 80 95 6f b6 2f 9a 48 79 fe 66 9d
        bd be a8 f3 73 36 c0 00 f8
        """,
      delta: """
        00 ed 2c 03 00 77 d9 4c 33 14 44 12 4d d1 90 57 8b df d9 53 3d 7f b4 0f 22 c6 d5 50
        a1 1d 84 79 99 ab b9 a2 1e 67 96 dd 0e e9 c6 63 44 61 43 d3 5c 48 f2 a4 1e 6b 6c 29
        3b d6 68 4d 54 7c 81 e6 59 07 67 54 53 86 43 c3 45 0c 2d 2a 22 10 4d 94 50 93 51 4d
        5e 36 c3 67 b9 da 81 a1 ba c0 ee 8b 6c b0 51 1f ad b5 04 c3 bc e4 e0 32 62 4e 26 81
        92 4c 66 27 56 87 ae f4 83 64 3f 42 54 73 9f d1 fc 42 87 8f ff d7 c1
        """,
      skippingDelta: """
        01 15 e9 7d 9a 70 9d 5c c0 78 63 49 81 1a e8 e7 14 95 21 53 32 1c 1e 70 b6 56 4a 85
        fb 3a c4 76 3b 31 b9 60 b7 3d 44 af a0 51 d0 aa 65 a6 4a 63 ac ab aa 9d 58 70 3f bb
        e4 3b cb 68 83 7c 94 b8 29 eb de 08 ba a2 05 42 4e 83 c4 92 11 9c 0a 26 30 72 db b1
        2d 2a 58 57 46 57 ce 1f f3 34 40 da 6f 47 b0 c8 f7 3c a2 e7 a7 d8 2d 04 a4 f9 27 3b
        f0 9b 1d 91 32 e1 4f 13 aa df 46 79 2b 91 9d f1 88
        """),
  ]

  /// Two frames of two planes, the second with some codes moved.
  private static func frames(bits: Int) throws -> [[QuantizedTensor]] {
    let top = 1 << bits - 1
    return try (0..<2).map { frame in
      func codes(_ count: Int, _ channels: Int) -> [UInt8] {
        (0..<count).map { index in
          let slope = (index * top / count + index / channels) % (top + 1)
          return UInt8(frame == 1 && index % 11 == 3 ? top - slope : slope)
        }
      }
      return [
        try quantized(codes(3 * 4 * 5, 4), bits: bits, shape: [1, 3, 4, 5]),
        try quantized(codes(18 * 4 * 5, 20), bits: bits, shape: [1, 18, 4, 5]),
        try quantized(codes(9, 2), bits: bits, shape: [1, 9]),
      ]
    }
  }

  @Test(arguments: goldens, ContextOptions.Kernel.allCases)
  func `bytes stay as they are`(golden: Golden, kernel: ContextOptions.Kernel) throws {
    let frames = try Self.frames(bits: golden.bits)
    for (skipping, delta) in [
      (ContextOptions.Skipping.never, golden.delta), (.always, golden.skippingDelta),
    ] {
      var encoder = ContextEncoder(options: ContextOptions(kernel: kernel, skipping: skipping))
      var decoder = ContextDecoder(options: ContextOptions(kernel: kernel))
      for (frame, (dependency, hexadecimal)) in zip(
        frames, [(ContextDependency.key, golden.key), (.delta, delta)])
      {
        let written = encoder.encode(frame, dependency: dependency)
        #expect(written == bytes(hexadecimal), "\(hex(written))")
        #expect(
          try decoder.decode(bytes(hexadecimal), of: frame, dependency) == frame.map(\.codes))
      }
    }
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
