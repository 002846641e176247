import SplitpipeCore

/// Values of fields that writing and reading share.
enum PacketFormat {
  /// `SPT`, for split tensor.
  static let magic: [UInt8] = [0x53, 0x50, 0x54]
  static let deltaFlag: UInt8 = 1
  static let channelRangesFlag: UInt8 = 2
  static let keptRangesFlag: UInt8 = 4
  /// From version 3 on.
  static let sizesFlag: UInt8 = 8
  static let checksumSize = 4
}

extension Packet {
  /// The bytes of the packet, format version 3; Documentation/wire-format.md is the specification.
  ///
  /// All numbers are little-endian. A *varint* is an unsigned integer in groups of seven bits, least
  /// significant first, the high bit of each byte but the last set, in the fewest bytes.
  ///
  /// | bytes | field |
  /// | --- | --- |
  /// | 3 | `53 50 54`, the letters SPT |
  /// | 1 | version, 3 |
  /// | 1 | flags: bit 0 delta, bit 1 ranges by channel, bit 2 ranges of the base, bit 3 sizes of a |
  /// | | picture; other bits 0 |
  /// | 1 | codec |
  /// | 1 | bits: 2…8, or 32 with raw |
  /// | varint | sequence number, below 2^32 |
  /// | varint | only in a delta: sequence number less that of its base, from 1 |
  /// | varint | frame index |
  /// | 8 | presentation time in seconds, float64, finite |
  /// | 8 | only in a key: fingerprint of model and split |
  /// | varint × 4 | only in a key with flag bit 3: width and height of the source's picture and of |
  /// | | the network's input, from 1 |
  /// | 1 | only in a key: number of tensors, from 1 |
  /// | | only in a key, for each tensor in the order of the cut: |
  /// | 1 | rank, from 1 |
  /// | varint × rank | extents, from 1, outermost first |
  /// | varint × tensors | only where tensors are coded one by one: bytes of each payload |
  /// | | the payloads, or the one of the frame, with nothing between them |
  /// | 4 | CRC32C of all bytes before |
  ///
  /// Two tensors of 1×32×48×80 take 46 to 50 bytes of this besides the payloads in a key, 22 to 26
  /// in a delta. The sizes of a picture add 8 bytes to a key where all sides have 128 to 16 383
  /// pixels, at most 12, and none to a delta.
  public func serialized() -> [UInt8] {
    var writer = ByteWriter()
    writer.bytes.reserveCapacity(
      payloadBytes.reduce(0, +) + 64 + (keyHeader?.shapes.count ?? 0) * 32)
    writer.bytes += PacketFormat.magic
    writer.bytes.append(Packet.version)
    writer.bytes.append(flags)
    writer.bytes.append(settings.codec.wireIdentifier)
    writer.bytes.append(UInt8(settings.bits.bits))
    writer.varint(Int(sequence))
    if case .delta(let base) = dependency { writer.varint(Int(sequence - base)) }
    writer.varint(stamp.index)
    writer.fixed(stamp.seconds.bitPattern, 8)
    if let keyHeader {
      writer.fixed(keyHeader.fingerprint.value, 8)
      for side in keyHeader.sizes?.sides ?? [] { writer.varint(side) }
      writer.bytes.append(UInt8(keyHeader.shapes.count))
      for shape in keyHeader.shapes {
        writer.bytes.append(UInt8(shape.rank))
        for extent in shape.dimensions { writer.varint(extent) }
      }
    }
    switch contents {
    case .tensors(let payloads):
      for payload in payloads { writer.varint(payload.count) }
      for payload in payloads { writer.bytes += payload }
    case .joined(let payload): writer.bytes += payload
    }
    let checksum = CRC32C.checksum(writer.bytes, count: writer.bytes.count)
    writer.fixed(UInt64(checksum), PacketFormat.checksumSize)
    return writer.bytes
  }

  private var flags: UInt8 {
    (dependency == .key ? 0 : PacketFormat.deltaFlag)
      | (ranges == .tensor ? 0 : PacketFormat.channelRangesFlag)
      | (keepsRanges ? PacketFormat.keptRangesFlag : 0)
      | (keyHeader?.sizes == nil ? 0 : PacketFormat.sizesFlag)
  }
}
