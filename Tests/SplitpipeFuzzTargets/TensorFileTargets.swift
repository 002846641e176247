import SplitpipeCodec
import SplitpipeCore
import SplitpipeTensorFile

/// An `.spt` file, as a file and as a pipe.
func fuzzTensorFile(_ bytes: [UInt8]) throws {
  let bytes = withRightChecksums(bytes)
  var whole: [[UInt8]] = []
  for knowsItsEnd in [false, true] {
    let source = MemorySource(bytes, name: "x.spt", knowsItsEnd: knowsItsEnd)
    var decoder = try TensorFileDecoder(source)
    guard decoder.slicing.tensorShape.count <= 1 << 18 else { return }
    var array: [UInt8] = []
    while let more = try decoder.next() { array += more }
    whole.append(array)
  }
  precondition(whole[0] == whole[1], "a pipe gives what a file gives")
  let information = try TensorFileInformation(MemorySource(bytes))
  precondition(information.bytes == bytes.count, "every byte of the file is accounted for")
  let reader = try NumPyReader(MemorySource(whole[0]))
  precondition(reader.header.shape.dimensions == information.shape, "the shape is the array's")
}

/// The file with the checksums of its header and packets recomputed where they should be.
private func withRightChecksums(_ bytes: [UInt8]) -> [UInt8] {
  guard bytes.count > 11 else { return bytes }
  var result: [UInt8] = []
  let header = 11 + 8 * Int(bytes[10] & 7)
  guard bytes.count >= header + 4 else { return bytes }
  result += sealed(Array(bytes[..<header]))
  var rest = bytes[(header + 4)...]
  while rest.count >= 4 {
    let prefix = rest.prefix(4)
    let length = prefix.reversed().reduce(0) { $0 << 8 | Int($1) }
    rest = rest.dropFirst(4)
    result += prefix
    guard length > 4, length <= rest.count else { break }
    result += sealed(Array(rest.prefix(length - 4)))
    rest = rest.dropFirst(length)
  }
  return result + rest
}

/// An `.npy` file, as a file and as a pipe.
func fuzzNumPy(_ bytes: [UInt8]) throws {
  for knowsItsEnd in [true, false] {
    let source = MemorySource(bytes, name: "x.npy", knowsItsEnd: knowsItsEnd)
    var reader = try NumPyReader(source)
    guard reader.header.shape.count <= 1 << 18 else { return }
    let tensor = try reader.next(reader.header.shape)
    try reader.finish()
    let again = NumPyHeader(shape: tensor.shape, isBigEndian: reader.header.isBigEndian)
    guard tensor.shape.rank <= 4 else { continue }
    let parsed = try NumPyReader(
      MemorySource(again.serialized, knowsItsEnd: false)
    ).header
    precondition(parsed == reader.header, "a header is read as it is written")
  }
}

// MARK: Good inputs

func numPySeeds() -> [[UInt8]] {
  let values: [UInt8] = [0, 0, 128, 63]
  let headers = [
    NumPyHeader(shape: Shape([3])), NumPyHeader(shape: Shape([1, 2, 2]), isBigEndian: true),
    NumPyHeader(shape: Shape([2, 1, 2, 3])),
  ]
  return headers.map { header in
    header.serialized + (0..<header.shape.count).flatMap { _ in values }
  } + [
    [0x93] + Array("NUMPY".utf8) + [2, 0, 61, 0, 0, 0]
      + Array("{\"shape\": (2L,), 'fortran_order' :True,'descr':'<f4'}      \n\n".utf8) + values
      + values
  ]
}

func tensorFileSeeds() throws -> [[UInt8]] {
  var seeds: [[UInt8]] = []
  for codec in CodecName.allCases {
    for (extents, isVideo) in [([2, 3, 4, 5], true), ([3, 4], false)] {
      guard let bits = BitDepth(3) else { continue }
      let shape = Shape(extents)
      let values = (0..<shape.count).flatMap { index in
        let pattern = Float(index % 7 < 4 ? 0 : index % 5).bitPattern
        return (0..<4).map { UInt8(truncatingIfNeeded: pattern >> (8 * UInt32($0))) }
      }
      let array = NumPyHeader(shape: shape).serialized + values
      var encoder = try TensorFileEncoder(
        MemorySource(array), settings: CodecSettings(codec: codec, bits: bits), isVideo: isVideo)
      var file: [UInt8] = []
      while let more = try encoder.next() { file += more }
      seeds.append(file)
    }
  }
  return seeds
}
