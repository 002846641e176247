import SplitpipeCodec
import SplitpipeCore

/// Sends a tensor that changes a little from frame to frame, and receives it: tensor, codes, packet,
/// bytes, packet, codes, tensor.
struct CodecExample {
  private static let name = "4.m"
  private static let shape = Shape([1, 8, 16, 16])

  static func run() throws {
    guard let depth = BitDepth(4) else { throw Surprise("4 bits are no depth") }
    for codec in CodecName.allCases {
      try roundTrip(try CodecSettings(codec: codec, bits: depth))
    }
    try roundTrip(try CodecSettings(codec: .raw, bits: .float32))
    try goOnAfterLoss(try CodecSettings(codec: .context, bits: depth))
    try refuseDamage(try CodecSettings(codec: .rle, bits: depth))
  }

  /// The tensor of a frame: a slope, and a spot that wanders over it.
  private static func frontier(_ frame: Int) -> Frontier {
    let values = (0..<shape.count).map { place in
      Float(place % 16) / 16 + (place % 97 == frame ? 1 : 0)
    }
    return Frontier(tensors: [NamedTensor(name: name, tensor: Tensor(shape: shape, values: values))]
    )
  }

  private static let cut = CutFingerprint(model: ContentHash([1, 2, 3]), split: name)
  private static let expected = [TensorDescription(name: name, shape: shape)]

  private static func roundTrip(_ settings: CodecSettings) throws {
    var sender = try FrameSender(settings: settings, fingerprint: cut)
    var receiver = FrameDecoder(fingerprint: cut)
    var bytesSent: [Int] = []
    for index in 0..<3 {
      let frontier = frontier(index)
      let sent = try sender.send(frontier, stamp: FrameStamp(index: index, seconds: 0.04))
      let bytes = sent.packet.serialized()
      bytesSent.append(bytes.count)
      let frame = try receiver.decode(bytes, expecting: expected)
      guard frame.quantized == sent.quantized else { throw Surprise("\(settings): other codes") }
      let bound = sent.quantized?.map(\.halfStep).max() ?? 0
      for (was, restored) in zip(frontier.tensors, frame.frontier.tensors) {
        let error = zip(was.tensor.values, restored.tensor.values).map { abs($0 - $1) }.max() ?? 0
        guard error <= bound * 1.0001 else { throw Surprise("\(settings): off by \(error)") }
      }
    }
    print("\(settings): \(bytesSent.map(String.init).joined(separator: ", ")) bytes")
  }

  /// A receiver that missed a frame asks for a key frame.
  private static func goOnAfterLoss(_ settings: CodecSettings) throws {
    let request = KeyRequest()
    var sender = try FrameSender(settings: settings, fingerprint: cut, request: request)
    var receiver = FrameDecoder(fingerprint: cut)
    let packets = try (0..<3).map { index in
      try sender.send(frontier(index), stamp: FrameStamp(index: index, seconds: 0)).packet
    }
    _ = try receiver.decode(packets[0], expecting: expected)
    guard (try? receiver.decode(packets[2], expecting: expected)) == nil,
      case .missingBase = receiver.refusal
    else { throw Surprise("a frame whose base was lost was taken") }
    request.request()
    let next = try sender.send(frontier(3), stamp: FrameStamp(index: 3, seconds: 0)).packet
    guard next.dependency == .key else { throw Surprise("no key frame came") }
    _ = try receiver.decode(next, expecting: expected)
  }

  /// Bytes that are no packet are an error with a sentence.
  private static func refuseDamage(_ settings: CodecSettings) throws {
    var sender = try FrameSender(settings: settings, fingerprint: cut)
    var bytes = try sender.send(frontier(0), stamp: FrameStamp(index: 0, seconds: 0))
      .packet.serialized()
    bytes[bytes.count / 2] ^= 1
    do throws(SplitpipeError) {
      _ = try Packet(parsing: bytes)
    } catch {
      guard error.kind == .badData else { throw Surprise("\(error)") }
      return
    }
    throw Surprise("a damaged packet was read")
  }
}

extension QuantizedTensor {
  /// The most that rounding takes from a value or adds to it.
  fileprivate var halfStep: Float { (maximum - minimum) / Float(bits.levels - 1) / 2 }
}
