import SplitpipeCodec
package import SplitpipeCore
package import SplitpipeMedia
package import SplitpipeModel

/// What a user asks of a search for the cheapest setting.
package struct TuneRequest: Sendable {
  package enum Metric: String, Sendable, CaseIterable {
    case map50_95, map50

    /// As people write it.
    package var title: String { self == .map50 ? "mAP50" : "mAP50-95" }
  }

  package var data: DatasetRequest
  package var model: String
  /// Where the model is cut; none for the model's default.
  package var splits: [String] = []
  package var floor = AccuracyFloor.share(0.95)
  package var metric = Metric.map50_95
  package var codec = "context"
  package var keyInterval = KeySchedule.usualInterval
  package var precision = Precision.auto
  package var frames: Int?
  /// Where in a video reading begins, and how many of its frames are read.
  package var reading = SourceSettings()
  /// How pictures become the network's input.
  package var networkInput = InputSettings()
  package var summary: String?
  package var resume = false

  package init(input: String, model: String) {
    data = DatasetRequest(input)
    self.model = model
  }

  var evaluation: EvaluationRequest {
    var request = EvaluationRequest(dataset: data.path, model: model)
    request.data = data
    request.splits = splits
    request.codecs = [codec]
    request.keyInterval = keyInterval
    request.precision = precision
    request.limit = frames
    request.reading = reading
    request.input = networkInput
    request.summary = summary
    request.resume = resume
    return request
  }
}

/// The least accuracy that a setting must keep.
package enum AccuracyFloor: Sendable, Hashable, CustomStringConvertible {
  /// A mAP, 0…1.
  case absolute(Double)
  /// A share of what the unsplit model reaches, 0…1.
  case share(Double)

  /// Reads `0.95` or `95%`.
  ///
  /// - Throws: a usage error for anything else.
  package static func parse(_ text: String) throws(SplitpipeError) -> AccuracyFloor {
    let isShare = text.hasSuffix("%")
    guard let number = Double(isShare ? String(text.dropLast()) : text), number > 0,
      number <= (isShare ? 100 : 1)
    else {
      throw SplitpipeError(
        .usage,
        "--floor is a mAP above 0 and at most 1, as in 0.95, or a share of what the unsplit model "
          + "reaches, as in 95%, not \"\(text)\"")
    }
    return isShare ? .share(number / 100) : .absolute(number)
  }

  /// The mAP to keep where the unsplit model reaches `unsplit`.
  func value(of unsplit: Double) -> Double {
    switch self {
    case .absolute(let value): value
    case .share(let share): share * unsplit
    }
  }

  package var description: String {
    switch self {
    case .absolute(let value): "\(value)"
    case .share(let share): "\((share * 1e6).rounded() / 1e4)%"
    }
  }
}
