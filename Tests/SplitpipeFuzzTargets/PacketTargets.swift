import SplitpipeCodec
import SplitpipeCore

/// The most values a target decodes, so that an execution takes little time.
private let maximumValues = 1 << 18

private let fingerprint = CutFingerprint(value: 0x0123_4567_89AB_CDEF)

/// The bytes with the checksum that makes a packet of them.
func sealed(_ body: [UInt8]) -> [UInt8] {
  let checksum = CRC32C.checksum(body, count: body.count)
  return body + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * UInt32($0))) }
}

/// A packet without its checksum: without this, hardly any bytes would get past it.
func fuzzPacket(_ bytes: [UInt8]) throws {
  let bytes = sealed(bytes)
  let packet = try Packet(parsing: bytes)
  if bytes[3] == Packet.version {
    precondition(packet.serialized() == bytes, "a packet has one form")
  }
  // A delta is for a decoder that holds its base.
  guard let header = packet.keyHeader, header.isSmall else { return }
  var decoder = FrameDecoder(fingerprint: header.fingerprint)
  let frame = try decoder.decode(packet, expecting: header.descriptions)
  try checkAgain(packet, header, frame)
}

/// Packets without their checksums, each behind two bytes of length, to one decoder.
func fuzzPackets(_ bytes: [UInt8]) throws {
  var receiver: (decoder: FrameDecoder, expected: [TensorDescription])?
  var rest = bytes[...]
  while rest.count > 2 {
    let length = Int(rest.removeFirst()) | Int(rest.removeFirst()) << 8
    let body = Array(rest.prefix(length))
    rest = rest.dropFirst(length)
    // One refused packet does not end the stream.
    guard let packet = try? Packet(parsing: sealed(body)) else { continue }
    if receiver == nil, let header = packet.keyHeader, header.isSmall {
      receiver = (FrameDecoder(fingerprint: header.fingerprint), header.descriptions)
    }
    guard let held = receiver else { continue }
    var decoder = held.decoder
    _ = try? decoder.decode(packet, expecting: held.expected)
    receiver = (decoder, held.expected)
  }
}

extension Packet.KeyHeader {
  fileprivate var isSmall: Bool { shapes.reduce(0) { $0 + $1.count } <= maximumValues }

  fileprivate var descriptions: [TensorDescription] {
    shapes.enumerated().map { TensorDescription(name: "\($0.offset)", shape: $0.element) }
  }
}

/// What was decoded is coded again: to the same bytes, where the codec has one form for them.
private func checkAgain(
  _ packet: Packet, _ header: Packet.KeyHeader, _ frame: DecodedFrame
) throws {
  var encoder = FrameEncoder(settings: packet.settings, fingerprint: header.fingerprint)
  let again =
    if let quantized = frame.quantized {
      try encoder.encode(stamp: packet.stamp, sizes: frame.sizes, tensors: quantized)
    } else {
      try encoder.encode(stamp: packet.stamp, sizes: frame.sizes, frontier: frame.frontier)
    }
  precondition(again.keyHeader == header, "what a key tells survives coding")
  guard packet.settings.codec.codesWholeFrames else {
    precondition(again.contents == packet.contents, "a frame has one payload")
    return
  }
  var decoder = FrameDecoder(fingerprint: header.fingerprint)
  let second = try decoder.decode(again, expecting: header.descriptions)
  precondition(second.quantized == frame.quantized, "codes survive coding")
}

/// Frames of the context coder, each behind two bytes of length, to the readers in Swift and in C:
/// both must take or refuse the same, and give the same codes.
///
/// The first six bytes say the bit depth and the shapes of two tensors; the high bit of a length
/// makes a delta.
func fuzzContext(_ bytes: [UInt8]) throws {
  guard bytes.count >= 6, let bits = BitDepth(2 + Int(bytes[0]) % 7) else { return }
  let height = 1 + Int(bytes[1]) % 9
  let width = 1 + Int(bytes[2]) % 9
  let other = bytes[5] & 1 == 0 ? [height, width] : [1 + Int(bytes[5] >> 1) % 5, 3]
  let tensors = [
    TensorDescription(name: "0", shape: Shape([1, 1 + Int(bytes[3]) % 40, height, width])),
    TensorDescription(name: "1", shape: Shape([1, 1 + Int(bytes[4]) % 40] + other)),
  ]
  var plain = ContextDecoder(options: ContextOptions(kernel: .swift))
  var fast = ContextDecoder(options: ContextOptions(kernel: .fastest))
  var rest = bytes[6...]
  while rest.count > 2 {
    let length = Int(rest.removeFirst()) | Int(rest.removeFirst()) << 8
    let body = Array(rest.prefix(length & 0x7FFF))
    rest = rest.dropFirst(length & 0x7FFF)
    let dependency: ContextDependency = length & 0x8000 == 0 ? .key : .delta
    let codes = try? plain.decode(body, of: tensors, bits: bits, dependency: dependency)
    let same = try? fast.decode(body, of: tensors, bits: bits, dependency: dependency)
    precondition(codes == same, "both readers agree")
    precondition(
      codes?.joined().allSatisfy { Int($0) < bits.levels } ?? true, "codes below their number")
  }
}

/// The payload of one tensor; the first six bytes say its shape, coder and bit depth.
func fuzzPayload(_ bytes: [UInt8]) throws {
  guard bytes.count >= 6, let bits = BitDepth(2 + Int(bytes[0] >> 4) % 7) else { return }
  let coders: [any TensorCoder] = [RunLengthCoder(), PackedCoder(), ByteCoder()]
  let coder = coders[Int(bytes[0] & 15) % 3]
  let extents = bytes[1..<5].map { 1 + Int($0) % 23 } + [Int(bytes[5])]
  let tensor = TensorDescription(name: "t", shape: Shape(extents.filter { $0 > 0 }))
  let payload = Array(bytes[6...])
  let decoded = try coder.decode(payload, of: tensor, bits: bits, ranges: .tensor)
  precondition(decoded.codes.count == tensor.shape.count, "a code per value")
  precondition(decoded.codes.allSatisfy { Int($0) < bits.levels }, "codes below their number")
  precondition(coder.encode(decoded) == payload, "a tensor has one payload")
}

// MARK: Good inputs

private func frontier(_ shapes: [[Int]], frame: Int) -> Frontier {
  Frontier(
    tensors: shapes.enumerated().map { number, extents in
      let shape = Shape(extents)
      let values = (0..<shape.count).map { index in
        let value = Float((index * 7 + number * 3 + frame * (index % 5 == 0 ? 1 : 0)) % 11)
        return index % 3 == 0 ? value : 0
      }
      return NamedTensor(name: "\(number)", tensor: Tensor(shape: shape, values: values))
    })
}

private func allSettings() throws -> [CodecSettings] {
  try CodecName.allCases.flatMap { codec in
    try [2, 3, 8, 32].compactMap { width in
      guard let bits = BitDepth(width), bits.isQuantized || codec == .raw else { return nil }
      return try CodecSettings(codec: codec, bits: bits)
    }
  }
}

private func packets(
  _ settings: CodecSettings, frames: Int, shapes: [[Int]], sizes: FrameSizes?
) throws -> [Packet] {
  var encoder = FrameEncoder(settings: settings, fingerprint: fingerprint)
  return try (0..<frames).map { index in
    let frontier = frontier(shapes, frame: index)
    let stamp = FrameStamp(index: index, seconds: Double(index) / 25)
    guard settings.bits.isQuantized else {
      return try encoder.encode(stamp: stamp, sizes: sizes, frontier: frontier)
    }
    let tensors = try Quantizer(bits: settings.bits).quantize(frontier)
    return try encoder.encode(
      stamp: stamp, sizes: sizes, tensors: tensors,
      dependency: index == 0 ? .key : .delta(from: index - 1))
  }
}

/// Sizes whose four sides take one, two and three bytes.
private let sizes = FrameSizes(
  source: PixelSize(width: 65_535, height: 720), input: PixelSize(width: 96, height: 384))

/// Packets without their checksums of every codec and some bit depths, with the sizes of a picture
/// and without. Those without are also what version 2 has, under its number.
private func bodies(frames: Int, shapes: [[Int]]) throws -> [[[UInt8]]] {
  try allSettings().flatMap { settings in
    let plain = try packets(settings, frames: frames, shapes: shapes, sizes: nil)
    let sized = try packets(settings, frames: frames, shapes: shapes, sizes: sizes)
    let current = [plain, sized].map { $0.map { Array($0.serialized().dropLast(4)) } }
    let old = current[0].map { body in Array(body[..<3] + [2] + body[4...]) }
    return current + [old]
  }
}

/// One packet of every codec and some bit depths.
func packetSeeds() throws -> [[UInt8]] {
  try bodies(frames: 1, shapes: [[1, 3, 4, 6], [1, 5]]).flatMap(\.self)
}

/// Three frames of every codec and some bit depths.
func packetSequenceSeeds() throws -> [[UInt8]] {
  try bodies(frames: 3, shapes: [[1, 4, 3, 5]]).map { bodies in
    bodies.flatMap { [UInt8($0.count & 0xFF), UInt8($0.count >> 8)] + $0 }
  }
}

/// A payload of every coder and some bit depths.
func payloadSeeds() throws -> [[UInt8]] {
  let coders: [any TensorCoder] = [RunLengthCoder(), PackedCoder(), ByteCoder()]
  var seeds: [[UInt8]] = []
  for (number, coder) in coders.enumerated() {
    for width in [2, 3, 5, 8] {
      guard let bits = BitDepth(width) else { continue }
      // Extents of 2, 4, 5 and 6, no fifth axis.
      let frontier = frontier([[2, 4, 5, 6]], frame: 0)
      for tensor in try Quantizer(bits: bits).quantize(frontier) {
        seeds.append([UInt8((width - 2) << 4 | number), 1, 3, 4, 5, 0] + coder.encode(tensor))
      }
    }
  }
  return seeds
}

/// Key and deltas of the context coder at some bit depths, in the shapes of `fuzzContext`.
func contextSeeds() throws -> [[UInt8]] {
  try [0, 1, 3, 6].map { (choice: UInt8) in
    let head: [UInt8] = [choice, 4, 5, 19, 2, 0]
    guard let bits = BitDepth(2 + Int(choice)) else { return head }
    var encoder = ContextEncoder()
    return try (0..<4).reduce(into: head) { seed, index in
      let frontier = frontier([[1, 20, 5, 6], [1, 3, 5, 6]], frame: index)
      let tensors = try Quantizer(bits: bits).quantize(frontier)
      let frame = encoder.encode(tensors, dependency: index == 0 ? .key : .delta)
      let length = frame.count | (index == 0 ? 0 : 0x8000)
      seed += [UInt8(length & 0xFF), UInt8(length >> 8)] + frame
    }
  }
}
