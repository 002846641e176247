import SplitpipeCore
import SplitpipeModel

/// Limits that keep an execution short; those of a user are larger, not of another kind.
private var limits: CheckpointLimits {
  var limits = CheckpointLimits()
  limits.pickleValues = 20_000
  limits.pickleStack = 5_000
  limits.weightBytes = 1 << 20
  limits.modules = 200
  return limits
}

func fuzzCheckpoint(_ bytes: [UInt8]) throws {
  let model = try readCheckpoint(bytes: bytes, name: "x.pt", limits: limits)
  try buildGraph(model)
}

/// The bytes as `data.pkl` of an archive that holds the tensors of the seed.
func fuzzPickle(_ bytes: [UInt8]) throws {
  let tensors = [
    ("w", 108), ("gamma", 4), ("beta", 4), ("mean", 4), ("variance", 4), ("stride", 1),
    ("anchors", 4), ("hw", 64), ("hb", 16),
  ]
  let archive = ZIPFile.bytes(
    [("archive/data.pkl", bytes)]
      + tensors.map { name, count in
        ("archive/data/\(name)", (0..<count).flatMap { _ in [0, 0, 0, 0x41] as [UInt8] })
      })
  try fuzzCheckpoint(archive)
}

func fuzzONNX(_ bytes: [UInt8]) throws {
  try buildGraph(try readONNX(bytes: bytes, name: "x.onnx"))
}

/// The graph at the size the model itself names; a size that it does not take is refused as usage.
private func buildGraph(_ model: Model) throws {
  let size: PixelSize
  switch model.geometry.size {
  case .fixed(let fixed): size = fixed
  case .rectangular(_, let stride):
    precondition(stride > 0, "sides are multiples of something")
    size = PixelSize(width: 2 * stride, height: 3 * stride)
  }
  do {
    _ = try model.graph(size)
  } catch let error as SplitpipeError where error.kind == .usage {
    return
  }
}

/// ZIP archives of stored members.
enum ZIPFile {
  static func bytes(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let name = Array(member.name.utf8)
      let common =
        little(0, 8) + little(checksum(member.content), 4) + little(member.content.count, 4)
        + little(member.content.count, 4) + little(name.count, 2) + little(0, 2)
      directory += little(0x0201_4B50, 4) + little(20, 2) + little(20, 2) + common
      directory += little(0, 10) + little(file.count, 4) + name
      file += little(0x0403_4B50, 4) + little(20, 2) + common + name + member.content
    }
    let end =
      little(0x0605_4B50, 4) + little(0, 4) + little(members.count, 2) + little(members.count, 2)
      + little(directory.count, 4) + little(file.count, 4) + little(0, 2)
    return file + directory + end
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// CRC-32 (ISO 3309), bit by bit.
  private static func checksum(_ bytes: [UInt8]) -> Int {
    var remainder: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return Int(~remainder)
  }
}
