import SplitpipeCodec
import SplitpipeCore
import Testing

struct QuantizerSettingsTests {
  @Test(
    arguments: [
      ("paper", "paper"), ("held", "held"), ("held=5", "held"), ("held=0", "held=0"),
      ("held=12.5", "held=12.5"), ("clip=99.9", "clip=99.9"), ("fixed=-1:2.5", "fixed=-1:2.5"),
      ("fixed=-0:1e-3", "fixed=0:0.001"), ("channel", "channel"), ("sticky=0.25", "sticky=0.25"),
      ("sticky=1", "sticky=1"), ("sticky=0.25+held", "held+sticky=0.25"),
      ("held+channel+clip=99", "clip=99+channel+held"), ("joint", "joint"),
      ("sticky=0.35+held=20+joint+channel", "channel+joint+held=20+sticky=0.35"),
      ("sticky=0.5+fixed=0:1", "fixed=0:1+sticky=0.5"),
    ])
  func `settings are read and written back`(text: String, canonical: String) throws {
    let settings = try QuantizerSettings.parse(text)
    #expect(settings.description == canonical)
    #expect(try QuantizerSettings.parse(canonical) == settings)
  }

  @Test func `the paper's quantizer is the usual one and remembers nothing`() throws {
    #expect(try QuantizerSettings.parse("paper") == .paper)
    #expect(!QuantizerSettings.paper.remembers)
    for text in ["held", "sticky=0.1", "fixed=0:1+sticky=1"] {
      #expect(try QuantizerSettings.parse(text).remembers)
    }
    for text in ["clip=99", "fixed=0:1", "channel", "joint"] {
      #expect(try !QuantizerSettings.parse(text).remembers)
    }
  }

  /// What a user writes, and words of the message.
  @Test(
    arguments: [
      ("hled", "unknown part \"hled\""), ("hled", "nearest first: held, "), ("", "unknown part"),
      ("held+", "unknown part \"\""), ("Held", "nearest first: held"),
      ("paper+held", "paper stands alone"), ("paper=1", "paper is written paper"),
      ("channel=3", "channel is written channel"), ("held=", "held is written"),
      ("held=-1", "0 to 100 percent"), ("held=101", "0 to 100 percent"),
      ("held=nan", "0 to 100 percent"), ("held+held=3", "held is there twice"),
      ("clip", "clip=PERCENT"), ("clip=100", "below 100"), ("clip=49.9", "from 50"),
      ("fixed=1:1", "LO below HI"), ("fixed=2:1", "LO below HI"), ("fixed=1", "LO below HI"),
      ("fixed=nan:1", "LO below HI"), ("fixed=-inf:0", "LO below HI"),
      ("fixed=-3e38:3e38", "LO below HI"), ("fixed=0:1:2", "LO below HI"),
      ("sticky", "sticky=D"), ("sticky=0", "above 0"), ("sticky=1.01", "at most 1"),
      ("fixed=0:1+held", "nothing to hold"), ("fixed=0:1+clip=99", "not taken from the values"),
      ("channel+fixed=0:1", "serves all channels"), ("joint=2", "joint is written joint"),
      ("joint+fixed=0:1", "the same for all tensors"), ("jiont", "nearest first: joint"),
    ])
  func `what makes no sense is refused in words`(text: String, words: String) {
    let error = #expect(throws: SplitpipeError.self) { try QuantizerSettings.parse(text) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "none")")
    #expect(error?.message.contains("\"\(text)\"") == true)
  }
}
