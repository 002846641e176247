import SplitpipeCore
import SplitpipeTestSupport
import SplitpipeTransport
import Testing

struct PacketFramingTests {
  @Test func `the length stands in front, little-endian`() throws {
    let framed = try PacketFraming.framed([7, 8, 9], limit: 10)
    #expect(framed == [3, 0, 0, 0, 7, 8, 9])
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func `packets are found whatever pieces the stream comes in`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let packets = (0..<20).map { _ in
      [UInt8](repeating: 5, count: Int.random(in: 0...40, using: &generator))
    }
    var stream: [UInt8] = []
    for packet in packets { stream += try PacketFraming.framed(packet, limit: 40) }
    var reader = PacketFraming.Reader(limit: 40)
    var found: [[UInt8]] = []
    var position = 0
    while position < stream.count {
      let size = Int.random(in: 1...60, using: &generator)
      var piece = stream[position..<min(position + size, stream.count)]
      position += size
      while let packet = try reader.next(from: &piece) { found.append(packet) }
      #expect(piece.isEmpty && reader.needed >= 1)
    }
    #expect(found == packets, "seed \(seed)")
    try reader.end()
  }

  @Test func `a length over the limit is refused before its bytes come`() throws {
    var reader = PacketFraming.Reader(limit: 1000)
    var bytes: ArraySlice<UInt8> = [0xE9, 0x03, 0, 0]
    let error = #expect(throws: SplitpipeError.self) { try reader.next(from: &bytes) }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains("1001 bytes is over the limit of 1000") == true)
    #expect(throws: SplitpipeError.self) {
      try PacketFraming.framed([UInt8](repeating: 0, count: 1001), limit: 1000)
    }
  }

  @Test func `a stream that ends inside a packet says so`() throws {
    let stream = try PacketFraming.framed([1, 2, 3], limit: 10)
    for end in 0...stream.count {
      var reader = PacketFraming.Reader(limit: 10)
      var bytes = stream[..<end]
      _ = try reader.next(from: &bytes)
      if end == 0 || end == stream.count {
        try reader.end()
      } else {
        let error = #expect(throws: SplitpipeError.self) { try reader.end() }
        #expect(error?.kind == .unavailable)
      }
    }
  }
}
