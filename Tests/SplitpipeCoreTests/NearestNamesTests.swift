import SplitpipeCore
import Testing

@Suite struct NearestNamesTests {
  @Test(arguments: [
    ("rel", ["rle"]), ("ZSTD", ["zstd"]), ("packet", ["packed"]), ("zlbi", ["zlib"]),
    // None is near: the nearest three, so that there is always something to go by.
    ("gzip", ["zlib", "raw", "rle"]),
  ])
  func `the likely names are given, or the nearest where none is likely`(
    name: String, expected: [String]
  ) {
    let codecs = ["rle", "packed", "raw", "zlib", "zstd", "context"]
    #expect(nearestNames(to: name, among: codecs) == expected)
  }

  @Test func `a swap of neighbours is one edit and repeats are given once`() {
    #expect(nearestNames(to: "ab", among: ["xb", "ba", "ba"], limit: 2) == ["ba", "xb"])
    #expect(nearestNames(to: "4.n", among: ["4.m", "14", "4"], limit: 1) == ["4.m"])
    #expect(nearestNames(to: "x", among: [], limit: 3) == [])
    #expect(nearestNames(to: "", among: ["a"], limit: 0) == [])
  }

  @Test func `very long names cost little`() {
    let long = String(repeating: "a", count: 1_000_000)
    #expect(nearestNames(to: long, among: [long + "b", "a"], limit: 1) == [long + "b"])
  }
}
