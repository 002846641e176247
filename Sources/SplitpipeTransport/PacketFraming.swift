package import SplitpipeCore

/// Packets on a byte stream: each behind its length, four bytes little-endian.
package enum PacketFraming {
  /// Bytes in front of each packet.
  package static let prefixSize = 4

  /// The packet with its length in front.
  ///
  /// - Throws: bad data if the packet has more bytes than `limit`.
  package static func framed(_ packet: [UInt8], limit: Int) throws(SplitpipeError) -> [UInt8] {
    guard packet.count <= limit, let length = UInt32(exactly: packet.count) else {
      throw .packetTooLong(packet.count, limit: limit)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(prefixSize + packet.count)
    for shift in [0, 8, 16, 24] as [UInt32] {
      bytes.append(UInt8(truncatingIfNeeded: length >> shift))
    }
    return bytes + packet
  }

  /// Cuts a byte stream into packets, whatever pieces it arrives in.
  package struct Reader: Sendable {
    private let limit: Int
    private var prefix: [UInt8] = []
    private var length: Int?
    private var body: [UInt8] = []

    /// - Parameter limit: the most bytes of a packet; a longer one is refused before memory is taken.
    package init(limit: Int) { self.limit = limit }

    /// The bytes still needed before something can be said, at least 1.
    package var needed: Int {
      guard let length else { return PacketFraming.prefixSize - prefix.count }
      return length - body.count
    }

    /// Takes bytes off the front of `bytes`; a packet once one is complete.
    ///
    /// - Throws: bad data if a length is above the limit; the stream is of no use after that.
    package mutating func next(
      from bytes: inout ArraySlice<UInt8>
    ) throws(SplitpipeError) -> [UInt8]? {
      while true {
        if let length {
          let taken = bytes.prefix(length - body.count)
          body += taken
          bytes = bytes.dropFirst(taken.count)
          guard body.count == length else { return nil }
          defer {
            body = []
            self.length = nil
          }
          return body
        }
        guard let byte = bytes.popFirst() else { return nil }
        prefix.append(byte)
        guard prefix.count == PacketFraming.prefixSize else { continue }
        let announced = prefix.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard announced <= limit else { throw .packetTooLong(announced, limit: limit) }
        prefix = []
        length = announced
        body.reserveCapacity(min(announced, 1 << 20))
      }
    }

    /// The stream has ended.
    ///
    /// - Throws: unavailable if that was inside a packet.
    package func end() throws(SplitpipeError) {
      guard prefix.isEmpty, length == nil else {
        throw SplitpipeError(
          .unavailable,
          "the connection closed inside a packet: \(needed) more bytes were expected; "
            + "see whether the other side was stopped")
      }
    }
  }
}

extension SplitpipeError {
  fileprivate static func packetTooLong(_ length: Int, limit: Int) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "a packet of \(length) bytes is over the limit of \(limit) bytes; "
        + "check that the other side speaks the same format")
  }
}
