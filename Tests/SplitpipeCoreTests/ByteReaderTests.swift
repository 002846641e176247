import SplitpipeCore
import Testing

@Suite struct ByteReaderTests {
  @Test func `numbers are taken least significant byte first, one after another`() throws {
    var reader = ByteReader([7, 1, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 9, 8])
    #expect(try reader.byte() == 7)
    #expect(try reader.fixed(2) == 0x0201)
    #expect(try reader.fixed(8) == 0x7FFF_FFFF_FFFF_FFFF)
    #expect(reader.position == 11)
    #expect(try reader.array(2) == [9, 8])
    #expect(reader.remaining == 0)
  }

  @Test func `only the part asked for is read`() throws {
    var reader = ByteReader([1, 2, 3, 4], in: 1..<3)
    #expect(reader.remaining == 2)
    #expect(try reader.fixed(2) == 0x0302)
    #expect(throws: ByteReader.Failure.ended) { try reader.byte() }
    #expect(ByteReader([1, 2], in: 1..<90).remaining == 1)
    #expect(ByteReader([1, 2], in: 5..<9).remaining == 0)
  }

  @Test(arguments: [-1, 4, Int.max])
  func `a read past the end fails and takes nothing`(count: Int) {
    var reader = ByteReader([1, 2, 3])
    #expect(throws: ByteReader.Failure.ended) { try reader.take(count) }
    #expect(throws: ByteReader.Failure.ended) { try reader.array(count) }
    #expect(throws: ByteReader.Failure.ended) { try reader.fixed(4) }
    #expect(reader.position == 0)
  }

  @Test(
    arguments: [
      ([0], 0), ([0x7F], 127), ([0x80, 1], 128), ([0xAC, 2], 300),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], Int.max),
    ] as [([UInt8], Int)])
  func `a varint has seven bits in a byte`(bytes: [UInt8], expected: Int) throws {
    var reader = ByteReader(bytes + [5])
    #expect(try reader.varint() == expected)
    #expect(reader.remaining == 1)
  }

  @Test(
    arguments: [
      [0x80, 0], [0xFF, 0x80, 0], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
    ] as [[UInt8]])
  func `a varint of more bytes than it needs, or of 64 bits, is refused`(bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    #expect(throws: ByteReader.Failure.notShortest) { try reader.varint() }
  }

  @Test func `a varint without its last byte has ended`() {
    var reader = ByteReader([0x80, 0x80])
    #expect(throws: ByteReader.Failure.ended) { try reader.varint() }
  }
}
