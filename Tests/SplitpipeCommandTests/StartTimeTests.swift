import Testing

@testable import splitpipe

@Suite struct `The time a video is read from` {
  @Test(arguments: [
    ("0", 0), ("90", 90), ("12.5", 12.5), ("1:30", 90), ("01:02:03.25", 3723.25), ("0:0:5", 5),
    ("100:00", 6000),
  ])
  func `is seconds, or hours, minutes and seconds`(text: String, seconds: Double) {
    #expect(StartTime(argument: text)?.seconds == seconds)
  }

  @Test(arguments: [
    "", ":", "-1", "1e3", "inf", "nan", "1:60", "1:2:3:4", "1.5:00", "0x10", "5 s", "1:",
    "99999999999",
  ])
  func `is nothing else`(text: String) {
    #expect(StartTime(argument: text) == nil)
  }
}
