package import SplitpipeCodec
package import SplitpipeCore

/// Reads the packets of an `.spt` file one by one, and at the end makes sure that none is missing.
package struct TensorFileReader<Source: ByteSource> {
  package let header: TensorFileHeader
  /// Bytes of the file read so far.
  package private(set) var fileBytes: Int
  /// Bytes of the packets read so far, without the lengths between them.
  package private(set) var packetBytes = 0
  /// Packets read so far.
  package private(set) var frames = 0
  /// The codec and bit depth of all packets, known from the first.
  package private(set) var settings: CodecSettings?
  private var source: Source
  private let limits = PacketLimits()
  private var isDone = false

  /// Reads the header.
  ///
  /// - Throws: bad data if the bytes are no tensor file of a known version.
  package init(_ source: Source) throws(SplitpipeError) {
    self.source = source
    header = try TensorFileHeader(from: &self.source)
    fileBytes = header.serialized.count
  }

  /// What errors call the file.
  package var name: String { source.name }

  /// The next packet; nil after the last, once the end mark and the end of the file are seen.
  ///
  /// Memory is taken as the bytes come, at most those of the largest packet.
  ///
  /// - Throws: bad data if what follows is not the next packet of this array, or not the end where
  ///   it should be.
  package mutating func next() throws(SplitpipeError) -> Packet? {
    guard !isDone else { return nil }
    let prefix = try source.bytes(4)
    guard prefix.count == 4 else { throw endedEarly }
    let length = Int(number(prefix[...]))
    fileBytes += 4
    guard length > 0 else {
      try finish()
      return nil
    }
    guard frames < header.slicing.frames else {
      throw .unreadable(name, "more packets follow the \(frames) of its shape")
    }
    guard length <= limits.maximumBytes else {
      throw .unreadable(
        name,
        "packet \(frames) takes \(length) bytes, expected at most \(limits.maximumBytes); it is "
          + "damaged")
    }
    let bytes = try source.bytes(length)
    guard bytes.count == length else { throw endedEarly }
    let packet: Packet
    do throws(SplitpipeError) {
      packet = try Packet(parsing: bytes, limits: limits)
      try check(packet)
    } catch {
      throw error.about("\"\(name)\", packet \(frames)")
    }
    settings = packet.settings
    fileBytes += length
    packetBytes += length
    frames += 1
    return packet
  }

  private func check(_ packet: Packet) throws(SplitpipeError) {
    guard packet.stamp.index == frames else {
      throw SplitpipeError(
        .badData,
        "it holds frame \(packet.stamp.index), expected \(frames): packets are missing "
          + "or in another order")
    }
    guard settings == nil || settings == packet.settings else {
      throw SplitpipeError(
        .badData, "it is coded as \(packet.settings), the packets before it otherwise")
    }
    // A delta has the header of its base.
    if let keyHeader = packet.keyHeader { try check(keyHeader) }
  }

  private func check(_ keyHeader: Packet.KeyHeader) throws(SplitpipeError) {
    guard keyHeader.fingerprint == TensorFileHeader.fingerprint else {
      throw SplitpipeError(
        .badData,
        "its fingerprint is \(keyHeader.fingerprint), that of tensor files is "
          + "\(TensorFileHeader.fingerprint): it was not written for one")
    }
    guard keyHeader.sizes == nil else {
      throw SplitpipeError(
        .badData,
        "it has the sizes of a picture, which tensor files do not: it was not written for one"
      )
    }
    guard keyHeader.shapes == [header.slicing.tensorShape] else {
      let found = keyHeader.shapes.map(\.description).joined(separator: ", ")
      throw SplitpipeError(
        .badData, "it holds tensors \(found), expected one of \(header.slicing.tensorShape)")
    }
  }

  private mutating func finish() throws(SplitpipeError) {
    isDone = true
    guard frames == header.slicing.frames else { throw endedEarly }
    guard try source.isAtEnd() else {
      throw .unreadable(name, "more bytes follow its end mark")
    }
  }

  private var endedEarly: SplitpipeError {
    .unreadable(
      name,
      "it ends after \(frames) of \(header.slicing.frames) packets, or inside the next one; it was "
        + "cut off")
  }
}
