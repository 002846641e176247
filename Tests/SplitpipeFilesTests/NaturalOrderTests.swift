import SplitpipeFiles
import Testing

@Suite struct `The order of names` {
  @Test(arguments: [
    ["1.png", "2.png", "10.png", "12.png"],
    ["a/2/1.jpg", "a/10/1.jpg", "b/1.jpg"],
    ["000000000009.jpg", "000000000025.jpg", "000000000034.jpg"],
    ["frame01", "frame1", "frame2", "frame02b"],
    ["", "a", "a1", "a1b", "a10", "b"],
    ["9", "99999999999999999999999998", "99999999999999999999999999"],
  ])
  func `takes numbers by their value`(names: [String]) {
    #expect(names.reversed().sorted(by: precedesNaturally) == names)
    for name in names { #expect(!precedesNaturally(name, name)) }
  }
}
