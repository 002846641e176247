package import SplitpipeCodec
package import SplitpipeCore
package import SplitpipeModel

/// What a user asks of a comparison of the ways to use a link.
package struct NetworkBenchmarkRequest: Sendable {
  package var input: String
  /// A path.
  package var model: String
  /// nil stands for the usual split.
  package var splits: [String?] = [nil]
  package var coding: CodingSettings
  /// Bits a second.
  package var links: [LinkRate] = LinkRate.usual
  /// Seconds.
  package var roundTrip = 0.02
  package var jpegQualities = [50, 80]
  package var h264Factors = [23, 33]
  package var precision = Precision.auto
  package var frames: Int?
  package var networkInput = InputSettings()
  package var truth: String?

  package init(input: String, model: String, coding: CodingSettings) {
    self.input = input
    self.model = model
    self.coding = coding
  }
}

/// How much a link carries: `20Mbit/s`, `500kbit/s`, or a number of Mbit/s.
package struct LinkRate: Sendable, Hashable, CustomStringConvertible {
  package let bitsPerSecond: Double

  package init(megabits: Double) { bitsPerSecond = megabits * 1e6 }

  /// Reads a rate; nil where it is none.
  package init?(_ text: String) {
    var digits = text[...]
    var unit = 1e6
    for (suffix, factor) in [("kbit/s", 1e3), ("Mbit/s", 1e6), ("Gbit/s", 1e9)]
    where digits.hasSuffix(suffix) {
      digits = digits.dropLast(suffix.count)
      unit = factor
    }
    guard let number = Double(digits), number.isFinite, number > 0 else { return nil }
    bitsPerSecond = number * unit
  }

  /// From a cellular uplink to a wired network.
  package static let usual = [1.0, 5, 20, 100].map(LinkRate.init(megabits:))

  package var description: String {
    bitsPerSecond < 1e6
      ? "\(trimmed(bitsPerSecond / 1e3))kbit/s" : "\(trimmed(bitsPerSecond / 1e6))Mbit/s"
  }

  private func trimmed(_ number: Double) -> String {
    number == number.rounded() ? String(Int(number)) : String(number)
  }
}
