import SplitpipeDetection
import SplitpipeProtocol

extension DetectionSettings {
  /// The settings that an edge asks for.
  ///
  /// - Parameters:
  ///   - message: whatever came.
  ///   - classCount: classes of the model.
  ///   - maximumBoxes: boxes of a frame that the server sends at most.
  /// - Throws: `invalidArgument` for numbers that are none, or beyond the limit.
  init(
    _ message: Splitpipe_V1_BoxSettings, classCount: Int, maximumBoxes: Int
  ) throws(SessionProblem) {
    func check(_ isGood: Bool, _ sentence: @autoclosure () -> String) throws(SessionProblem) {
      guard isGood else { throw SessionProblem(.invalidArgument, sentence()) }
    }
    try check(
      (0...1).contains(message.confidence),
      "a least confidence of \(message.confidence), expected 0 to 1")
    try check(
      (0...1).contains(message.overlap), "an overlap of \(message.overlap), expected 0 to 1")
    try check(
      message.maxBoxes <= maximumBoxes,
      "\(message.maxBoxes) boxes of a frame, but this server sends at most \(maximumBoxes)")
    try check(
      message.maxCandidates <= Self.mostCandidates,
      "\(message.maxCandidates) candidates of a frame, expected at most \(Self.mostCandidates)")
    try check(
      message.classes.allSatisfy { $0 < classCount },
      "a class of another model: this one has \(classCount)")
    self.init(
      confidence: message.confidence, overlap: message.overlap, multiLabel: message.multiLabel,
      maximumCandidates: Int(message.maxCandidates), maximumDetections: Int(message.maxBoxes),
      classes: message.classes.isEmpty ? nil : Set(message.classes.map(Int.init)))
  }

  private static let mostCandidates = 100_000

  /// As they travel.
  var message: Splitpipe_V1_BoxSettings {
    var message = Splitpipe_V1_BoxSettings()
    message.confidence = confidence
    message.overlap = overlap
    message.multiLabel = multiLabel
    message.maxCandidates = UInt32(clamping: maximumCandidates)
    message.maxBoxes = UInt32(clamping: maximumDetections)
    message.classes = (classes ?? []).sorted().map { UInt32(clamping: $0) }
    return message
  }
}
