package import SplitpipeCodec
import SplitpipeCore

/// What stands in front of the packets of an `.spt` file: all that restores the array around them.
package struct TensorFileHeader: Hashable, Sendable {
  package let slicing: ArraySlicing

  /// The version this code writes and reads.
  package static let version: UInt8 = 1
  /// What stands for the model and split in a tensor file's packets: `TENSOR` and two zero bytes.
  package static let fingerprint = CutFingerprint(value: 0x0000_524F_534E_4554)

  /// What errors call the tensor of a packet.
  static let tensorName = "array"

  /// A byte that is no text, the letters SPTF, and line ends that a transfer as text would change.
  private static let magic: [UInt8] = [0x89, 0x53, 0x50, 0x54, 0x46, 0x0D, 0x0A, 0x1A]
  private static let videoFlag: UInt8 = 1

  package init(_ slicing: ArraySlicing) { self.slicing = slicing }

  /// The header's bytes; `Documentation/tensor-file.md` describes them.
  package var serialized: [UInt8] {
    var bytes = Self.magic
    bytes += [Self.version, slicing.isVideo ? Self.videoFlag : 0, UInt8(slicing.shape.rank)]
    for extent in slicing.shape.dimensions { bytes += littleEndian(UInt64(extent), 8) }
    return bytes + littleEndian(UInt64(CRC32C.checksum(bytes, count: bytes.count)), 4)
  }

  /// Takes the header off the front of a file.
  ///
  /// - Throws: bad data if it is no header of a known version.
  init(from source: inout some ByteSource) throws(SplitpipeError) {
    let name = source.name
    var bytes = try source.bytes(Self.magic.count + 3)
    guard bytes.starts(with: Self.magic.prefix(bytes.count)), !bytes.isEmpty else {
      throw .unreadable(
        name,
        "expected a .spt tensor file, which starts with 89 53 50 54 46; write one with "
          + "splitpipe tensor encode")
    }
    guard bytes.count == Self.magic.count + 3 else {
      throw .unreadable(name, "it ends inside its header")
    }
    let (version, flags, rank) = (bytes[8], bytes[9], Int(bytes[10]))
    guard version == Self.version else {
      throw .unreadable(
        name, "its version is \(version), expected \(Self.version); use a matching splitpipe")
    }
    guard flags & ~Self.videoFlag == 0, (1...4).contains(rank) else {
      throw .unreadable(
        name, "its flags are \(flags) and it has \(rank) axes, expected 0 or 1, and 1 to 4")
    }
    let rest = try source.bytes(rank * 8 + 4)
    guard rest.count == rank * 8 + 4 else {
      throw .unreadable(name, "it ends inside its header")
    }
    bytes += rest.dropLast(4)
    let stored = UInt32(truncatingIfNeeded: number(rest.suffix(4)))
    let computed = CRC32C.checksum(bytes, count: bytes.count)
    guard stored == computed else {
      throw .unreadable(
        name, "its header's checksum is \(stored), that of its bytes is \(computed); it is damaged")
    }
    var extents: [Int] = []
    for axis in 0..<rank {
      guard let extent = Int(exactly: number(rest[(axis * 8)..<(axis * 8 + 8)])) else {
        throw .unreadable(name, "its shape has an extent that is too large")
      }
      extents.append(extent)
    }
    guard let shape = Shape(checking: extents), shape.count <= Int.max / 4 else {
      throw .unreadable(name, "its shape \(extents) has more values than can be counted")
    }
    do throws(SplitpipeError) {
      slicing = try ArraySlicing(shape: shape, isVideo: flags & Self.videoFlag != 0)
    } catch {
      throw .unreadable(name, error.message)
    }
  }
}

/// The low `count` bytes of a number, least significant first.
func littleEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
}

/// Up to eight bytes as a number, least significant first.
func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
