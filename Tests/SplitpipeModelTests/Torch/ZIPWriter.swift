@testable import SplitpipeModel

/// Writes ZIP archives for tests, with the mistakes a test asks for.
struct ZIPWriter {
  /// Writes sizes, offsets and counts in ZIP64 records.
  var isZIP64 = false
  /// Compression method the directory names; 0 stores.
  var method = 0
  /// Added to every size in the directory.
  var sizeError = 0

  func archive(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let name = Array(member.name.utf8)
      let sum = UInt64(zipChecksum(of: member.bytes[...]))
      let offset = UInt64(file.count)
      let size = UInt64(member.bytes.count + sizeError)
      file += little(0x0403_4B50, 4) + little(0, 10) + little(sum, 4) + little(size, 4)
      file += little(size, 4) + little(UInt64(name.count), 2) + little(3, 2) + name + [0, 0, 0]
      file += member.bytes
      let extra =
        isZIP64
        ? little(1, 2) + little(24, 2) + [size, size, offset].flatMap { little($0, 8) } : []
      let most: UInt64 = 0xFFFF_FFFF
      directory += little(0x0201_4B50, 4) + little(0, 6) + little(UInt64(method), 2) + little(0, 4)
      directory += little(sum, 4) + little(isZIP64 ? most : size, 4)
      directory += little(isZIP64 ? most : size, 4) + little(UInt64(name.count), 2)
      directory += little(UInt64(extra.count), 2) + little(0, 10)
      directory += little(isZIP64 ? most : offset, 4) + name + extra
    }
    let start = UInt64(file.count)
    let size = UInt64(directory.count)
    let count = UInt64(members.count)
    file += directory
    if isZIP64 {
      let record = UInt64(file.count)
      file += little(0x0606_4B50, 4) + little(44, 8) + little(45, 4) + little(0, 8)
      file += [count, count, size, start].flatMap { little($0, 8) }
      file += little(0x0706_4B50, 4) + little(0, 4) + little(record, 8) + little(1, 4)
    }
    file += little(0x0605_4B50, 4) + little(0, 4) + little(isZIP64 ? 0xFFFF : count, 2)
    file += little(isZIP64 ? 0xFFFF : count, 2) + little(isZIP64 ? 0xFFFF_FFFF : size, 4)
    file += little(isZIP64 ? 0xFFFF_FFFF : start, 4) + little(0, 2)
    return file
  }
}
