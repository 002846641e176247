public import SplitpipeCore

extension Packet {
  /// Reads a packet of version 1, 2 or 3; total on any bytes.
  ///
  /// Nothing but the magic and the version is looked at before the checksum holds, and no memory is
  /// taken beyond the size of the bytes given.
  ///
  /// - Throws: bad data if the bytes are not exactly one packet of a known version within the limits.
  public init(
    parsing bytes: [UInt8], limits: PacketLimits = PacketLimits()
  ) throws(SplitpipeError) {
    let (version, body) = try checkedBody(of: bytes)
    var reader = ByteReader(bytes, in: PacketFormat.magic.count + 1..<body)
    if version == 1 {
      try self.init(version1: &reader, limits: limits)
    } else {
      try self.init(version, &reader, limits: limits)
    }
  }

  /// Version 2 is version 3 without sizes.
  private init(
    _ version: UInt8, _ reader: inout ByteReader, limits: PacketLimits
  ) throws(SplitpipeError) {
    let flags = try reader.byte("flags")
    let settings = try readSettings(&reader, newest: .max)
    try checkFlags(flags, settings, version)
    let sequence = try reader.varint("sequence number", in: 0...Int(UInt32.max))
    var dependency = Dependency.key
    if flags & PacketFormat.deltaFlag != 0 {
      guard sequence > 0 else { throw .badPacket("it is a delta and the first of its sender") }
      dependency = .delta(
        from: UInt32(sequence - (try reader.varint("distance to its base", in: 1...sequence))))
    }
    let stamp = try readStamp(&reader)
    var keyHeader: KeyHeader?
    if dependency == .key {
      let fingerprint = CutFingerprint(value: try reader.fixed(8, "fingerprint"))
      let sizes = flags & PacketFormat.sizesFlag == 0 ? nil : try readSizes(&reader, limits)
      let tensors = try readTensorCount(&reader, limits)
      var shapes: [Shape] = []
      for _ in 0..<tensors { shapes.append(try readShape(&reader, after: shapes, limits)) }
      keyHeader = KeyHeader(fingerprint: fingerprint, sizes: sizes, shapes: shapes)
    }
    let contents: Contents
    if settings.codec.codesWholeFrames {
      contents = .joined(try reader.array(reader.remaining, "payload"))
    } else {
      var sizes: [Int] = []
      for _ in keyHeader?.shapes ?? [] {
        sizes.append(try reader.varint("payload size", in: 0...Int.max))
      }
      contents = .tensors(try readPayloads(&reader, sizes))
    }
    self.init(
      settings: settings, dependency: dependency, sequence: UInt32(sequence), stamp: stamp,
      keyHeader: keyHeader,
      ranges: flags & PacketFormat.channelRangesFlag == 0 ? .tensor : .channel,
      keepsRanges: flags & PacketFormat.keptRangesFlag != 0, contents: contents)
  }

  /// Version 1 has no deltas and no codecs but `rle`, `packed` and `raw`.
  private init(
    version1 reader: inout ByteReader, limits: PacketLimits
  ) throws(SplitpipeError) {
    let flags = try reader.byte("flags")
    guard flags == 0 else { throw .badPacket("its flags are \(flags), expected 0 in version 1") }
    let settings = try readSettings(&reader, newest: 3)
    let tensors = try readTensorCount(&reader, limits)
    let sequence = UInt32(try reader.varint("sequence number", in: 0...Int(UInt32.max)))
    let stamp = try readStamp(&reader)
    let fingerprint = CutFingerprint(value: try reader.fixed(8, "fingerprint"))
    var shapes: [Shape] = []
    var sizes: [Int] = []
    for _ in 0..<tensors {
      shapes.append(try readShape(&reader, after: shapes, limits))
      sizes.append(try reader.varint("payload size", in: 0...Int.max))
    }
    self.init(
      settings: settings, dependency: .key, sequence: sequence, stamp: stamp,
      keyHeader: KeyHeader(fingerprint: fingerprint, shapes: shapes),
      contents: .tensors(try readPayloads(&reader, sizes)))
  }
}

/// The version and the number of bytes before the checksum, once magic, version and checksum are
/// known to be good.
private func checkedBody(
  of bytes: [UInt8]
) throws(SplitpipeError) -> (version: UInt8, size: Int) {
  let magic = PacketFormat.magic
  guard bytes.starts(with: magic) else {
    throw .badPacket("expected it to start with SPT, found bytes \(Array(bytes.prefix(3)))")
  }
  guard bytes.count > magic.count + PacketFormat.checksumSize else {
    throw .badPacket("it has only \(bytes.count) bytes")
  }
  let version = bytes[magic.count]
  guard (1...Packet.version).contains(version) else {
    throw .badPacket(
      "its version is \(version), expected 1 to \(Packet.version); use matching splitpipe versions")
  }
  let body = bytes.count - PacketFormat.checksumSize
  var reader = ByteReader(bytes, in: body..<bytes.count)
  let stored = UInt32(try reader.fixed(PacketFormat.checksumSize, "checksum"))
  let computed = CRC32C.checksum(bytes, count: body)
  guard stored == computed else {
    throw .badPacket("its checksum is \(stored), that of its \(body) bytes is \(computed)")
  }
  return (version, body)
}

private func checkFlags(
  _ flags: UInt8, _ settings: CodecSettings, _ version: UInt8
) throws(SplitpipeError) {
  let (delta, channels, kept) = (
    PacketFormat.deltaFlag, PacketFormat.channelRangesFlag, PacketFormat.keptRangesFlag
  )
  let sizes = version < 3 ? 0 : PacketFormat.sizesFlag
  guard flags & ~(delta | channels | kept | sizes) == 0 else {
    throw .badPacket(
      "its flags are \(flags), of which only the lowest \(sizes == 0 ? "three" : "four") bits are "
        + "known")
  }
  if flags & delta != 0, !settings.codec.isTemporal {
    throw .badPacket("it is a delta, which codec \(settings.codec.rawValue) does not have")
  }
  if flags & kept != 0, flags & delta == 0 {
    throw .badPacket("it keeps the ranges of its base and is no delta")
  }
  if flags & sizes != 0, flags & delta != 0 {
    throw .badPacket("it is a delta and has sizes, which are those of its base")
  }
  if flags & channels != 0, !settings.bits.isQuantized {
    throw .badPacket("it has ranges by channel at 32 bits, where there are none")
  }
}

private func readSettings(
  _ reader: inout ByteReader, newest: UInt8
) throws(SplitpipeError) -> CodecSettings {
  let identifier = try reader.byte("codec")
  guard identifier <= newest, let codec = CodecName(wireIdentifier: identifier) else {
    throw .badPacket("its codec is number \(identifier), which its version does not have")
  }
  let width = Int(try reader.byte("bits"))
  guard let bits = BitDepth(width), codec.takes(bits) else {
    throw .badPacket("its codec \(codec.rawValue) does not go with \(width) bits")
  }
  return try CodecSettings(codec: codec, bits: bits)
}

private func readSizes(
  _ reader: inout ByteReader, _ limits: PacketLimits
) throws(SplitpipeError) -> FrameSizes {
  let sides = 1...limits.maximumSide
  let source = PixelSize(
    width: try reader.varint("picture's width", in: sides),
    height: try reader.varint("picture's height", in: sides))
  let input = PixelSize(
    width: try reader.varint("input's width", in: sides),
    height: try reader.varint("input's height", in: sides))
  return FrameSizes(source: source, input: input)
}

private func readTensorCount(
  _ reader: inout ByteReader, _ limits: PacketLimits
) throws(SplitpipeError) -> Int {
  let tensors = Int(try reader.byte("number of tensors"))
  guard (1...limits.maximumTensors).contains(tensors) else {
    throw .badPacket("it has \(tensors) tensors, expected 1 to \(limits.maximumTensors)")
  }
  return tensors
}

private func readStamp(_ reader: inout ByteReader) throws(SplitpipeError) -> FrameStamp {
  let index = try reader.varint("frame index", in: 0...Int.max)
  let seconds = Double(bitPattern: try reader.fixed(8, "time"))
  guard seconds.isFinite else { throw .badPacket("its time is \(seconds), expected a number") }
  return FrameStamp(index: index, seconds: seconds)
}

private func readShape(
  _ reader: inout ByteReader, after earlier: [Shape], _ limits: PacketLimits
) throws(SplitpipeError) -> Shape {
  let rank = Int(try reader.byte("rank"))
  guard (1...limits.maximumRank).contains(rank) else {
    throw .badPacket(
      "tensor \(earlier.count) has rank \(rank), expected 1 to \(limits.maximumRank)")
  }
  var extents: [Int] = []
  for _ in 0..<rank {
    extents.append(try reader.varint("extents", in: 1...limits.maximumExtent))
  }
  let taken = earlier.reduce(0) { $0 + $1.count }
  guard let shape = Shape(checking: extents), shape.count <= limits.maximumCoefficients - taken
  else {
    throw .badPacket(
      "its tensors up to number \(earlier.count), of extents \(extents), have more than "
        + "\(limits.maximumCoefficients) values")
  }
  return shape
}

private func readPayloads(
  _ reader: inout ByteReader, _ sizes: [Int]
) throws(SplitpipeError) -> [[UInt8]] {
  var payloads: [[UInt8]] = []
  for size in sizes { payloads.append(try reader.array(size, "payload")) }
  guard reader.remaining == 0 else {
    throw .badPacket("\(reader.remaining) bytes follow its last payload")
  }
  return payloads
}
