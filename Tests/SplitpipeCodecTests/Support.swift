import SplitpipeCodec
import SplitpipeCore
import SplitpipeTestSupport

/// Hexadecimal text, as goldens are written, of bytes and back.
func bytes(_ hexadecimal: String) -> [UInt8] {
  hexadecimal.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) }
}

/// A packet's bytes with a checksum that holds, so that damage reaches what lies behind it.
func sealed(_ body: some Collection<UInt8>) -> [UInt8] {
  let body = Array(body)
  let checksum = CRC32C.checksum(body, count: body.count)
  return body + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
}

func depth(_ bits: Int) throws -> BitDepth {
  guard let depth = BitDepth(bits) else { throw SplitpipeError(.usage, "\(bits) bits") }
  return depth
}

func quantized(
  _ codes: [UInt8], bits: Int, shape: [Int]? = nil, minimum: Float = 0, maximum: Float = 1
) throws -> QuantizedTensor {
  QuantizedTensor(
    name: "t", shape: Shape(shape ?? [1, 1, 1, codes.count]), bits: try depth(bits),
    minimum: minimum, maximum: maximum, codes: codes)
}

extension TensorDescription {
  init(_ tensor: QuantizedTensor) { self.init(name: tensor.name, shape: tensor.shape) }
  init(_ tensor: NamedTensor) { self.init(name: tensor.name, shape: tensor.tensor.shape) }
}

extension SeededGenerator {
  /// A shape of one to four axes with at most about 2000 values.
  mutating func shape() -> Shape {
    switch Int.random(in: 0..<6, using: &self) {
    case 0: Shape([1, 1])
    case 1: Shape([Int.random(in: 1...2000, using: &self)])
    default:
      Shape([
        1, Int.random(in: 1...8, using: &self), Int.random(in: 1...12, using: &self),
        Int.random(in: 1...20, using: &self),
      ])
    }
  }

  /// Values with a share of zeros between none and nearly all, in runs.
  mutating func codes(_ count: Int, bits: Int) -> [UInt8] {
    let sticky = UInt64.random(in: 1...100, using: &self)
    var isZero = Bool.random(using: &self)
    return (0..<count).map { _ in
      if UInt64.random(in: 0..<sticky, using: &self) == 0 { isZero.toggle() }
      return isZero ? 0 : UInt8.random(in: 0...UInt8(1 << bits - 1), using: &self)
    }
  }

  mutating func values(_ count: Int) -> [Float] {
    let scale = Float.random(in: 0.001...1000, using: &self)
    let offset = Float.random(in: -1000...1000, using: &self)
    return (0..<count).map { _ in Float.random(in: -scale...scale, using: &self) + offset }
  }
}
