import SplitpipeCore

/// Where the central directory of a ZIP archive lies and how many members it lists.
struct ZIPDirectoryLocation: Equatable {
  let place: Range<Int>
  let members: Int

  /// Finds the end record, searching backwards over a possible comment of up to 65 535 bytes.
  ///
  /// - Throws: `.badData` where there is none or what it points to lies outside `bytes`.
  init(_ bytes: [UInt8]) throws {
    let end = try Self.endRecord(bytes)
    var reader = NamedReader(bytes, in: end..<bytes.count, name: "the archive's end record")
    _ = try reader.take(4)
    let disks = try (reader.uint16(), reader.uint16())
    var counts = try (reader.uint16(), reader.uint16())
    var size = try reader.uint32()
    var offset = try reader.uint32()
    var limit = end
    if counts.1 == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      let start = try Self.end64Record(bytes, before: end)
      var reader = NamedReader(bytes, in: start..<end, name: "the archive's ZIP64 end record")
      _ = try reader.take(24)
      counts = try (reader.uint64(), reader.uint64())
      size = try reader.uint64()
      offset = try reader.uint64()
      limit = start
    }
    guard disks == (0, 0), counts.0 == counts.1 else {
      throw SplitpipeError(.badData, "the archive is one part of several; join them first")
    }
    // 46 bytes are the least a member takes in the directory.
    guard offset <= limit, size <= limit - offset, counts.1 <= size / 46 else {
      throw SplitpipeError(
        .badData,
        "the archive's directory (\(counts.1) members, \(size) bytes from byte \(offset)) does "
          + "not fit before byte \(limit)")
    }
    place = offset..<offset + size
    members = counts.1
  }

  private static func endRecord(_ bytes: [UInt8]) throws -> Int {
    let length = 22
    var start = bytes.count - length
    let lowest = max(0, start - 0xFFFF)
    while start >= lowest {
      if bytes[start] == 0x50, bytes[start + 1] == 0x4B, bytes[start + 2] == 5,
        bytes[start + 3] == 6,
        Int(bytes[start + 20]) | Int(bytes[start + 21]) << 8 == bytes.count - start - length
      {
        return start
      }
      start -= 1
    }
    throw SplitpipeError(
      .badData,
      bytes.starts(with: [0x50, 0x4B, 3, 4])
        ? "the archive is cut short: its end record is missing; fetch the file again"
        : "not a ZIP archive, which every PyTorch checkpoint since 1.6 is")
  }

  private static func end64Record(_ bytes: [UInt8], before end: Int) throws -> Int {
    let error = SplitpipeError(.badData, "the archive's ZIP64 end record is missing")
    guard end >= 20 else { throw error }
    var locator = NamedReader(bytes, in: end - 20..<end, name: "the archive's ZIP64 locator")
    guard try locator.fixed(4) == 0x0706_4B50 else { throw error }
    _ = try locator.take(4)
    let start = try locator.uint64()
    guard start <= end - 76 else { throw error }
    var record = NamedReader(bytes, in: start..<end, name: "the archive's ZIP64 end record")
    guard try record.fixed(4) == 0x0606_4B50 else { throw error }
    return start
  }
}
