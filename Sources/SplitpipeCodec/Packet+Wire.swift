package import SplitpipeCore

extension Packet {
  /// `SPT`, for split tensor.
  private static let magic: [UInt8] = [0x53, 0x50, 0x54]
  private static let deltaFlag: UInt8 = 1
  private static let checksumSize = 4

  /// The bytes of the packet, format version 1.
  ///
  /// All numbers are little-endian. A *varint* is an unsigned integer in groups of seven bits, least
  /// significant first, the high bit of each byte but the last set, in the fewest bytes.
  ///
  /// | bytes | field |
  /// | --- | --- |
  /// | 3 | `53 50 54`, the letters SPT |
  /// | 1 | version, 1 |
  /// | 1 | flags: bit 0 delta, other bits 0 |
  /// | 1 | codec: 1 rle, 2 packed, 3 raw |
  /// | 1 | bits: 2…8, or 32 with raw |
  /// | 1 | number of tensors, from 1 |
  /// | varint | sequence number, below 2^32 |
  /// | varint | only in a delta: sequence number less that of its base, from 1 |
  /// | varint | frame index |
  /// | 8 | presentation time in seconds, float64, finite |
  /// | 8 | fingerprint of model and split |
  /// | | for each tensor, in the order of the cut: |
  /// | 1 | rank, from 1 |
  /// | varint × rank | extents, from 1, outermost first |
  /// | varint | bytes of its payload |
  /// | | the payloads, in the same order, with nothing between them |
  /// | 4 | CRC32C of all bytes before |
  ///
  /// Two tensors of 1×32×48×80 take 46 to 50 bytes of this besides their payloads.
  package func serialized() -> [UInt8] {
    var writer = ByteWriter()
    let payload = parts.reduce(0) { $0 + $1.payload.count }
    writer.bytes.reserveCapacity(payload + 64 + parts.count * 32)
    writer.bytes += Packet.magic
    writer.bytes.append(Packet.version)
    writer.bytes.append(reference == .key ? 0 : Packet.deltaFlag)
    writer.bytes.append(settings.codec.wireIdentifier)
    writer.bytes.append(UInt8(settings.bits.bits))
    writer.bytes.append(UInt8(parts.count))
    writer.varint(Int(sequence))
    if case .delta(let base) = reference { writer.varint(Int(sequence - base)) }
    writer.varint(stamp.index)
    writer.fixed(stamp.seconds.bitPattern, 8)
    writer.fixed(fingerprint.value, 8)
    for part in parts {
      writer.bytes.append(UInt8(part.shape.rank))
      for extent in part.shape.dimensions { writer.varint(extent) }
      writer.varint(part.payload.count)
    }
    for part in parts { writer.bytes += part.payload }
    let checksum = CRC32C.checksum(writer.bytes, count: writer.bytes.count)
    writer.fixed(UInt64(checksum), Packet.checksumSize)
    return writer.bytes
  }

  /// Reads a packet; total on any bytes.
  ///
  /// Nothing but the magic and the version is looked at before the checksum holds, and no memory is
  /// taken beyond the size of the bytes given.
  ///
  /// - Throws: bad data if the bytes are not exactly one packet of a known version within the limits.
  package init(
    parsing bytes: [UInt8], limits: PacketLimits = PacketLimits()
  ) throws(SplitpipeError) {
    let body = try Packet.checkedBody(of: bytes)
    var reader = ByteReader(bytes, end: body)
    reader.skip(Packet.magic.count + 1)
    let flags = try reader.byte("flags")
    guard flags & ~Packet.deltaFlag == 0 else {
      throw .badPacket("its flags are \(flags), of which only 0 and 1 are known")
    }
    let settings = try Packet.readSettings(&reader)
    let tensors = Int(try reader.byte("number of tensors"))
    guard (1...limits.maximumTensors).contains(tensors) else {
      throw .badPacket("it has \(tensors) tensors, expected 1 to \(limits.maximumTensors)")
    }
    let sequence = try reader.varint("sequence number", in: 0...Int(UInt32.max))
    var reference = Reference.key
    if flags & Packet.deltaFlag != 0 {
      guard settings.codec.isTemporal else {
        throw .badPacket("it is a delta, which codec \(settings.codec.rawValue) does not have")
      }
      guard sequence > 0 else { throw .badPacket("it is a delta and the first of its sender") }
      reference = .delta(
        from: UInt32(sequence - (try reader.varint("distance to its base", in: 1...sequence))))
    }
    let index = try reader.varint("frame index", in: 0...Int.max)
    let seconds = Double(bitPattern: try reader.fixed(8, "time"))
    guard seconds.isFinite else { throw .badPacket("its time is \(seconds), expected a number") }
    let fingerprint = CutFingerprint(value: try reader.fixed(8, "fingerprint"))
    let parts = try Packet.readParts(&reader, tensors: tensors, limits: limits)
    self.init(
      settings: settings, reference: reference, sequence: UInt32(sequence),
      stamp: FrameStamp(index: index, seconds: seconds), fingerprint: fingerprint, parts: parts)
  }

  /// The number of bytes before the checksum, once magic, version and checksum are known to be good.
  private static func checkedBody(of bytes: [UInt8]) throws(SplitpipeError) -> Int {
    guard bytes.starts(with: magic) else {
      throw .badPacket("expected it to start with SPT, found bytes \(Array(bytes.prefix(3)))")
    }
    guard bytes.count > magic.count + checksumSize else {
      throw .badPacket("it has only \(bytes.count) bytes")
    }
    guard bytes[magic.count] == version else {
      throw .badPacket(
        "its version is \(bytes[magic.count]), expected \(version); use matching splitpipe versions"
      )
    }
    let body = bytes.count - checksumSize
    var reader = ByteReader(bytes, end: bytes.count)
    reader.skip(body)
    let stored = UInt32(try reader.fixed(checksumSize, "checksum"))
    let computed = CRC32C.checksum(bytes, count: body)
    guard stored == computed else {
      throw .badPacket("its checksum is \(stored), that of its \(body) bytes is \(computed)")
    }
    return body
  }

  private static func readSettings(
    _ reader: inout ByteReader
  ) throws(SplitpipeError) -> CodecSettings {
    let identifier = try reader.byte("codec")
    guard let codec = CodecName(wireIdentifier: identifier) else {
      throw .badPacket("its codec is number \(identifier), which this version does not know")
    }
    let width = Int(try reader.byte("bits"))
    guard let bits = BitDepth(width), bits.isQuantized || codec == .raw else {
      throw .badPacket("its codec \(codec.rawValue) does not go with \(width) bits")
    }
    return try CodecSettings(codec: codec, bits: bits)
  }

  private static func readParts(
    _ reader: inout ByteReader, tensors: Int, limits: PacketLimits
  ) throws(SplitpipeError) -> [Part] {
    var heads: [(shape: Shape, bytes: Int)] = []
    var coefficients = 0
    for number in 0..<tensors {
      let rank = Int(try reader.byte("rank"))
      guard (1...limits.maximumRank).contains(rank) else {
        throw .badPacket(
          "tensor \(number) has rank \(rank), expected 1 to \(limits.maximumRank)")
      }
      var extents: [Int] = []
      for _ in 0..<rank {
        extents.append(try reader.varint("extents", in: 1...limits.maximumExtent))
      }
      guard let shape = Shape(checking: extents),
        shape.count <= limits.maximumCoefficients - coefficients
      else {
        throw .badPacket(
          "its tensors up to number \(number), of extents \(extents), have more than "
            + "\(limits.maximumCoefficients) values")
      }
      coefficients += shape.count
      heads.append((shape, try reader.varint("payload size", in: 0...Int.max)))
    }
    var parts: [Part] = []
    for head in heads {
      parts.append(Part(shape: head.shape, payload: try reader.array(head.bytes, "payload")))
    }
    guard reader.remaining == 0 else {
      throw .badPacket("\(reader.remaining) bytes follow its last payload")
    }
    return parts
  }
}
