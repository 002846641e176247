import SplitpipeCodec
import SplitpipeCore
import SplitpipeTensorFile
import SplitpipeTestSupport
import Testing

@Suite struct `Tensor files` {
  static let arrays: [(extents: [Int], isVideo: Bool, tensor: [Int], frames: Int)] = [
    ([1], false, [1, 1], 1), ([77], false, [1, 77], 1), ([5, 7], false, [1, 1, 5, 7], 1),
    ([3, 5, 7], false, [1, 3, 5, 7], 1), ([4, 3, 5, 7], false, [1, 3, 5, 7], 4),
    ([4, 3, 5, 7], true, [1, 3, 5, 7], 4), ([4, 5, 7], true, [1, 1, 5, 7], 4),
    ([9, 6], true, [1, 6], 9), ([1, 1, 1, 1], true, [1, 1, 1, 1], 1),
  ]

  /// What the values become, by the quantizer itself.
  private func expected(
    _ values: [Float], _ slicing: ArraySlicing, _ settings: CodecSettings
  ) throws -> [Float] {
    guard settings.bits.isQuantized else { return values }
    let size = slicing.tensorShape.count
    return try stride(from: 0, to: values.count, by: size).flatMap { start in
      let tensor = Tensor(
        shape: slicing.tensorShape, values: Array(values[start..<start + size]))
      let codes = try Quantizer(bits: settings.bits).quantize(NamedTensor(name: "", tensor: tensor))
      return NamedTensor(restoring: codes).tensor.values
    }
  }

  @Test(arguments: arrays, CodecName.allCases)
  func `give back the shape, and the values each frame's quantizer leaves`(
    array: (extents: [Int], isVideo: Bool, tensor: [Int], frames: Int), codec: CodecName
  ) throws {
    var generator = SeededGenerator(seed: 11)
    let values = generator.floats(array.extents.reduce(1, *))
    let slicing = try ArraySlicing(shape: Shape(array.extents), isVideo: array.isVideo)
    #expect(slicing.tensorShape == Shape(array.tensor) && slicing.frames == array.frames)
    for bits in codec == .raw ? [2, 8, 32] : [2, 3, 8] {
      let settings = try settings(codec, bits: bits)
      for knowsItsEnd in [true, false] {
        let file = try encoded(
          npy(array.extents, values), settings, isVideo: array.isVideo, knowsItsEnd: knowsItsEnd)
        var reader = try NumPyReader(MemorySource(try decoded(file, knowsItsEnd: knowsItsEnd)))
        #expect(reader.header.shape == Shape(array.extents))
        #expect(
          try reader.next(Shape(array.extents)).values == expected(values, slicing, settings))
        try reader.finish()
      }
    }
  }

  @Test func `say what they hold`() throws {
    let values = (0..<24).map(Float.init)
    let file = try encoded(npy([4, 1, 2, 3], values), settings(bits: 2), isVideo: true)
    let information = try TensorFileInformation(MemorySource(file, name: "x.spt"))
    #expect(information.file == "x.spt" && information.version == 1)
    #expect(information.codec == "rle" && information.bits == 2)
    #expect(information.shape == [4, 1, 2, 3] && information.video)
    #expect(information.frames == 4 && information.keyFrames == 4)
    #expect(information.bytes == file.count && information.rawBytes == 96)
    #expect(information.packetBytes == file.count - (11 + 4 * 8 + 4) - 5 * 4)
    #expect(information.bitsPerCoefficient == Double(information.packetBytes) * 8 / 24)
    #expect(information.range?.min == 0 && information.range?.max == 5)
    let raw = try encoded(npy([2], [1, 2]), settings(.raw, bits: 32))
    #expect(try TensorFileInformation(MemorySource(raw)).range == nil)
  }

  @Test(
    arguments: [
      ([], false, 65), ([1, 1, 1, 1, 1], false, 65), ([2, 0, 3], false, 65), ([3], true, 64),
      ([70_000], false, 65), ([1000, 1000, 1000], false, 65), ([0, 1, 1, 1], true, 65),
    ] as [([Int], Bool, Int32)])
  func `of shapes that no packet holds are refused`(
    extents: [Int], isVideo: Bool, code: Int32
  ) {
    let error = #expect(throws: SplitpipeError.self) {
      try ArraySlicing(shape: Shape(extents), isVideo: isVideo)
    }
    #expect(error?.kind.rawValue == code)
  }

  @Test func `name the frame and the value that is no number`() throws {
    var values = [Float](repeating: 1, count: 12)
    values[7] = .nan
    let error = #expect(throws: SplitpipeError.self) {
      try encoded(npy([3, 4], values), settings(), isVideo: true)
    }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("\"x.npy\", frame 1") == true)
    #expect(error?.message.contains("value 3 of 4 is nan") == true)
  }

  @Test func `cut off anywhere or with more at the end are refused`() throws {
    var generator = SeededGenerator(seed: 3)
    let file = try encoded(npy([3, 2, 2, 5], generator.floats(60)), settings(), isVideo: true)
    for knowsItsEnd in [true, false] {
      for length in 0..<file.count {
        let part = Array(file[..<length])
        let error = #expect(throws: SplitpipeError.self) {
          try decoded(part, knowsItsEnd: knowsItsEnd)
        }
        #expect(error?.kind == .badData, "\(length)")
        #expect(throws: SplitpipeError.self) { try TensorFileInformation(MemorySource(part)) }
      }
      #expect(throws: SplitpipeError.self) { try decoded(file + [0], knowsItsEnd: knowsItsEnd) }
    }
  }

  @Test func `with any one byte changed are refused`() throws {
    var generator = SeededGenerator(seed: 4)
    let file = try encoded(npy([2, 2, 9], generator.floats(36)), settings(), isVideo: true)
    for place in 0..<file.count {
      for change in [0x01, 0x80, 0xFF] as [UInt8] {
        var damaged = file
        damaged[place] ^= change
        let error = #expect(throws: SplitpipeError.self) { try decoded(damaged) }
        #expect(error?.kind == .badData, "byte \(place)")
      }
    }
  }

  @Test func `with packets lost, doubled, exchanged or of another file are refused`() throws {
    var generator = SeededGenerator(seed: 5)
    let array = npy([3, 8], generator.floats(24))
    let file = try encoded(array, settings(.packed), isVideo: true)
    let start = 11 + 2 * 8 + 4
    let size = (file.count - start - 4) / 3
    let head = Array(file[..<start])
    let packets = (0..<3).map { Array(file[(start + $0 * size)..<(start + ($0 + 1) * size)]) }
    let end: [UInt8] = [0, 0, 0, 0]
    #expect(head + packets[0] + packets[1] + packets[2] + end == file)
    let other = try encoded(array, settings(.raw), isVideo: true)
    let otherSize = (other.count - start - 4) / 3
    let foreign = Array(other[(start + otherSize)..<(start + 2 * otherSize)])
    for order in [
      packets[0] + packets[1], packets[0] + packets[2], packets[1] + packets[2],
      packets[1] + packets[0] + packets[2], packets[0] + packets[0] + packets[1],
      packets[0] + packets[1] + packets[2] + packets[2], packets[0] + foreign + packets[2],
    ] {
      let error = #expect(throws: SplitpipeError.self) { try decoded(head + order + end) }
      #expect(error?.kind == .badData)
    }
  }

  @Test func `of another version are refused with both numbers`() throws {
    var file = try encoded(npy([2], [1, 2]), settings())
    file[8] = 9
    let error = #expect(throws: SplitpipeError.self) { try decoded(file) }
    #expect(error?.message.contains("its version is 9, expected 1") == true)
  }

  @Test func `are not arrays, nor arrays tensor files`() throws {
    let array = npy([2], [1, 2])
    let file = try encoded(array, settings())
    #expect(throws: SplitpipeError.self) { try decoded(array) }
    #expect(throws: SplitpipeError.self) { try encoded(file, settings()) }
  }

  /// A video of two frames (0, 1, 2) and (3, 3, 3), packed at 2 bits, as the documentation shows it.
  private static let golden = bytes(
    """
    89 53 50 54 46 0D 0A 1A 01 01 02 02 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00 4B 98 A0 03
    2B 00 00 00
    53 50 54 03 00 02 02 00 00 00 00 00 00 00 00 00 00 54 45 4E 53 4F 52 00 00 01 02 01 03 09
    00 00 00 00 00 00 00 40 2C F3 38 C1 C3
    2B 00 00 00
    53 50 54 03 00 02 02 01 01 00 00 00 00 00 00 00 00 54 45 4E 53 4F 52 00 00 01 02 01 03 09
    00 00 40 40 00 00 40 40 00 F3 15 E8 58
    00 00 00 00
    """)

  /// The same with packets of version 2.
  private static let goldenOfVersion2Packets = bytes(
    """
    89 53 50 54 46 0D 0A 1A 01 01 02 02 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00 4B 98 A0 03
    2B 00 00 00
    53 50 54 02 00 02 02 00 00 00 00 00 00 00 00 00 00 54 45 4E 53 4F 52 00 00 01 02 01 03 09
    00 00 00 00 00 00 00 40 2C 4F 83 0D F0
    2B 00 00 00
    53 50 54 02 00 02 02 01 01 00 00 00 00 00 00 00 00 54 45 4E 53 4F 52 00 00 01 02 01 03 09
    00 00 40 40 00 00 40 40 00 4F AE 24 6B
    00 00 00 00
    """)

  /// The same with packets of version 1.
  private static let goldenOfVersion1Packets = bytes(
    """
    89 53 50 54 46 0D 0A 1A 01 01 02 02 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00 4B 98 A0 03
    2B 00 00 00
    53 50 54 01 00 02 02 01 00 00 00 00 00 00 00 00 00 00 54 45 4E 53 4F 52 00 00 02 01 03 09
    00 00 00 00 00 00 00 40 2C 0E 68 CB 0F
    2B 00 00 00
    53 50 54 01 00 02 02 01 01 01 00 00 00 00 00 00 00 00 54 45 4E 53 4F 52 00 00 02 01 03 09
    00 00 40 40 00 00 40 40 00 CC D4 FF BC
    00 00 00 00
    """)

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    hexadecimal.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) }
  }

  @Test func `have the bytes of their specification`() throws {
    let array = npy([2, 3], [0, 1, 2, 3, 3, 3])
    #expect(try encoded(array, settings(.packed, bits: 2), isVideo: true) == Self.golden)
  }

  @Test func `stay readable, also with packets of versions 1 and 2`() throws {
    for file in [Self.golden, Self.goldenOfVersion2Packets, Self.goldenOfVersion1Packets] {
      var reader = try NumPyReader(MemorySource(try decoded(file)))
      // 1 lies half way between codes 1 and 2 and goes to the even one, 2/3 of the range.
      #expect(try reader.next(Shape([2, 3])).values == [0, Float(2) / 3 * 2, 2, 3, 3, 3])
    }
  }

  @Test func `have no packets with the sizes of a picture`() throws {
    var encoder = FrameEncoder(
      settings: try settings(.raw, bits: 32), fingerprint: TensorFileHeader.fingerprint)
    let frontier = Frontier(tensors: [
      NamedTensor(name: "", tensor: Tensor(shape: Shape([1, 2]), values: [1, 2]))
    ])
    let size = PixelSize(width: 640, height: 384)
    let packet = try encoder.encode(
      stamp: FrameStamp(index: 0, seconds: 0), sizes: FrameSizes(source: size, input: size),
      frontier: frontier
    ).serialized()
    let header = TensorFileHeader(try ArraySlicing(shape: Shape([2]), isVideo: false)).serialized
    let error = #expect(throws: SplitpipeError.self) {
      try decoded(header + [UInt8(packet.count), 0, 0, 0] + packet + [0, 0, 0, 0])
    }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("has the sizes of a picture") == true)
  }
}
