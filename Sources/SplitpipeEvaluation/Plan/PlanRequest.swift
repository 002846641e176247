package import SplitpipeCodec
package import SplitpipeCore
package import SplitpipeMedia
package import SplitpipeModel
package import SplitpipeStages

/// What a user asks of a plan: which split is best for a device, a link and a server.
package struct PlanRequest: Sendable {
  package var data: DatasetRequest
  package var model: String
  /// Where it could be cut; none for splits that stand for all.
  package var splits: [String] = []
  /// Splits that are chosen where none are named.
  package var splitCount = 25
  package var coding: CodingSettings
  package var precision = Precision.auto
  /// Frames measured at each split.
  package var frames = 24
  /// Where in a video reading begins, and how many of its frames count.
  package var reading = SourceSettings()
  package var link = LinkRate(megabits: 10)
  /// Seconds.
  package var roundTrip = 0.02
  /// Speed of device and server, this machine's being 1.
  package var device = 1.0
  package var server = 1.0
  /// Times of the device itself, as `bench layers` wrote them.
  package var profile: String?
  package var energy = Energy()
  /// Splits whose accuracy is measured; none to leave it.
  package var checks = 0
  /// Widths of a coefficient that accuracy is measured at.
  package var checkBits = [2, 3, 4]
  /// Pictures that accuracy is measured on at most; nil for all.
  package var checkFrames: Int?
  package var input = InputSettings()
  package var summary: String?
  package var report: String?
  /// Goes on with the accuracy that an interrupted run measured.
  package var resume = false

  /// What work and bytes cost the device, in joules; nil where nobody said.
  package struct Energy: Sendable, Hashable {
    package var perMAC: Double?
    package var perBit: Double?

    package init() {}
  }

  package init(input: String, model: String, coding: CodingSettings) {
    data = DatasetRequest(input)
    self.model = model
    self.coding = coding
  }

  /// Where the accuracy of the checks lies, which `evaluate` would call its summary.
  package var checkSummary: String? {
    guard let path = summary ?? report else { return nil }
    let name = path.hasSuffix(".json") ? String(path.dropLast(5)) : path
    return name + ".check.json"
  }
}
