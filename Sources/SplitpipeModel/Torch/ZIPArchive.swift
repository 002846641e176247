internal import CZlib
import SplitpipeCore

/// The members of a ZIP archive that stores them without compression, as PyTorch writes them.
///
/// As PKWARE's APPNOTE 6.3 says: end record (4.3.16), ZIP64 end record and locator (4.3.14,
/// 4.3.15), central directory (4.3.12), local headers (4.3.7). Offsets are relative to the start of
/// the file; sizes and checksums are those of the central directory.
struct ZIPArchive {
  /// One stored file.
  struct Member: Equatable {
    var name: String
    /// Where its local header begins.
    var headerOffset: Int
    var size: Int
    var checksum: UInt32
  }

  private let bytes: [UInt8]
  private let members: [String: Member]
  /// Names in the order of the directory.
  let names: [String]

  /// Reads the directory.
  ///
  /// - Throws: `.badData` where the bytes are no ZIP archive, the directory reaches outside the
  ///   file, or a member is compressed or encrypted.
  init(_ bytes: [UInt8], maximumMembers: Int) throws {
    self.bytes = bytes
    let directory = try ZIPDirectoryLocation(bytes)
    guard directory.members <= maximumMembers else {
      throw SplitpipeError(
        .badData, "the archive has \(directory.members) members, more than \(maximumMembers)")
    }
    var reader = NamedReader(bytes, in: directory.place, name: "the archive's directory")
    var members: [String: Member] = [:]
    var names: [String] = []
    for _ in 0..<directory.members {
      let member = try Self.member(&reader)
      guard members.updateValue(member, forKey: member.name) == nil else {
        throw SplitpipeError(.badData, "the archive has two members named \"\(member.name)\"")
      }
      names.append(member.name)
    }
    self.members = members
    self.names = names
  }

  func contains(_ name: String) -> Bool { members[name] != nil }

  /// Where a member's bytes lie in the file, its checksum verified.
  func place(of name: String) throws -> Range<Int> {
    guard let member = members[name] else {
      throw SplitpipeError(.badData, "the archive has no member \"\(name)\"")
    }
    var reader = NamedReader(
      bytes, in: min(member.headerOffset, bytes.count)..<bytes.count, name: "member \"\(name)\"")
    guard try reader.fixed(4) == 0x0403_4B50 else {
      throw SplitpipeError(
        .badData, "member \"\(name)\" has no local header at byte \(member.headerOffset)")
    }
    _ = try reader.take(22)
    let nameLength = try reader.uint16()
    let extraLength = try reader.uint16()
    let localName = try reader.text(nameLength)
    guard localName == name else {
      throw SplitpipeError(
        .badData, "member \"\(name)\" is called \"\(localName)\" where its bytes are")
    }
    _ = try reader.take(extraLength)
    let place = try reader.take(member.size)
    let checksum = zipChecksum(of: bytes[place])
    guard checksum == member.checksum else {
      throw SplitpipeError(
        .badData,
        "member \"\(name)\" is damaged: CRC-32 \(hexadecimal(checksum)), "
          + "expected \(hexadecimal(member.checksum)); fetch the file again")
    }
    return place
  }

  private static func member(_ reader: inout NamedReader) throws -> Member {
    guard try reader.fixed(4) == 0x0201_4B50 else {
      throw SplitpipeError(
        .badData, "the archive's directory is damaged before byte \(reader.position)")
    }
    _ = try reader.take(4)  // versions
    let flags = try reader.uint16()
    let method = try reader.uint16()
    _ = try reader.take(4)  // time and date
    let checksum = UInt32(truncatingIfNeeded: try reader.fixed(4))
    var compressed = try reader.uint32()
    var size = try reader.uint32()
    let nameLength = try reader.uint16()
    let extraLength = try reader.uint16()
    let commentLength = try reader.uint16()
    _ = try reader.take(8)  // disk and attributes
    var offset = try reader.uint32()
    let name = try reader.text(nameLength)
    var extra = NamedReader(
      reader.bytes, in: try reader.take(extraLength), name: "the extra field of \"\(name)\"")
    _ = try reader.take(commentLength)
    // The ZIP64 field holds, in this order, those values that do not fit in 32 bits (4.5.3).
    while extra.remaining >= 4 {
      let identifier = try extra.uint16()
      let length = try extra.uint16()
      var field = NamedReader(
        extra.bytes, in: try extra.take(length), name: "the ZIP64 field of \"\(name)\"")
      guard identifier == 1 else { continue }
      if size == 0xFFFF_FFFF { size = try field.uint64() }
      if compressed == 0xFFFF_FFFF { compressed = try field.uint64() }
      if offset == 0xFFFF_FFFF { offset = try field.uint64() }
    }
    guard flags & 1 == 0 else {
      throw SplitpipeError(.badData, "member \"\(name)\" of the archive is encrypted")
    }
    guard method == 0, compressed == size else {
      throw SplitpipeError(
        .badData,
        "member \"\(name)\" of the archive is compressed (method \(method)); PyTorch stores "
          + "members as they are: unpack the archive and zip it again with `zip -0`")
    }
    return Member(name: name, headerOffset: offset, size: size, checksum: checksum)
  }

  private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// The checksum of ZIP: CRC-32, polynomial 0xEDB88320 (ISO 3309, bit-reversed).
func zipChecksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
  unsafe bytes.withUnsafeBufferPointer { bytes in
    UInt32(truncatingIfNeeded: unsafe crc32_z(0, bytes.baseAddress, bytes.count))
  }
}
