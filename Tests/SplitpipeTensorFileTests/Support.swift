import SplitpipeCodec
import SplitpipeCore
import SplitpipeTensorFile
import SplitpipeTestSupport

/// The bytes of a `.npy` file, put together here so that the reader is not tested with itself.
func npy(
  _ descr: String = "'<f4'", fortran: String = "False", shape: String, version: UInt8 = 1,
  values: [UInt8] = []
) -> [UInt8] {
  npy(
    text: "{'descr': \(descr), 'fortran_order': \(fortran), 'shape': \(shape), }\n",
    version: version, values: values)
}

func npy(text: String, version: UInt8 = 1, values: [UInt8] = []) -> [UInt8] {
  let length = text.utf8.count
  let size = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
  return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, version, 0] + size + Array(text.utf8) + values
}

/// The bytes of float32 values.
func floatBytes(_ values: [Float], bigEndian: Bool = false) -> [UInt8] {
  values.flatMap { value in
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    return bigEndian ? bytes.reversed() : bytes
  }
}

/// A little-endian array of these extents.
func npy(_ extents: [Int], _ values: [Float]) -> [UInt8] {
  let shape = extents.map(String.init).joined(separator: ", ") + ","
  return npy(shape: "(\(shape))", values: floatBytes(values))
}

func settings(_ codec: CodecName = .rle, bits: Int = 3) throws -> CodecSettings {
  guard let depth = BitDepth(bits) else { throw SplitpipeError(.usage, "\(bits) bits") }
  return try CodecSettings(codec: codec, bits: depth)
}

/// An `.npy` file as an `.spt` file.
func encoded(
  _ array: [UInt8], _ settings: CodecSettings, isVideo: Bool = false, knowsItsEnd: Bool = true
) throws -> [UInt8] {
  let source = MemorySource(array, name: "x.npy", knowsItsEnd: knowsItsEnd)
  var encoder = try TensorFileEncoder(source, settings: settings, isVideo: isVideo)
  var bytes: [UInt8] = []
  while let more = try encoder.next() { bytes += more }
  return bytes
}

/// An `.spt` file as an `.npy` file.
func decoded(_ file: [UInt8], knowsItsEnd: Bool = true) throws -> [UInt8] {
  let source = MemorySource(file, name: "x.spt", knowsItsEnd: knowsItsEnd)
  var decoder = try TensorFileDecoder(source)
  var bytes: [UInt8] = []
  while let more = try decoder.next() { bytes += more }
  return bytes
}

extension SeededGenerator {
  mutating func floats(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float.random(in: -4...7, using: &self) }
  }
}
