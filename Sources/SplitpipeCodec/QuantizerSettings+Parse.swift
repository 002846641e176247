public import SplitpipeCore

extension QuantizerSettings {
  /// What a user may write, for help texts.
  public static let syntax =
    "paper, or parts joined by +: held[=HEADROOM%], clip=PERCENT, fixed=LO:HI, channel, joint, "
    + "sticky=D"

  /// Reads what a user wrote.
  ///
  /// - Parameter text: parts joined by `+`, in any order.
  /// - Returns: the settings.
  /// - Throws: a usage error that names the part and what was expected, with the nearest names.
  public static func parse(_ text: String) throws(SplitpipeError) -> QuantizerSettings {
    var given: [Name: String] = [:]
    for part in text.split(separator: "+", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(pieces[0])
      guard let known = Name(rawValue: name) else {
        throw .unknownPart(name, in: text, valid: Name.allCases.map(\.rawValue))
      }
      let value = pieces.count > 1 ? String(pieces[1]) : ""
      guard pieces.count == 1 || known.takesValue, !value.isEmpty || pieces.count == 1 else {
        throw .badValue(text, "\(name) is written \(known.form), not \"\(part)\"")
      }
      guard given.updateValue(value, forKey: known) == nil else {
        throw .badValue(text, "\(name) is there twice")
      }
    }
    try checkTogether(given, text)
    return QuantizerSettings(
      source: try source(given, text), layout: given[.channel] == nil ? .tensor : .channel,
      isJoint: given[.joint] != nil, headroom: try headroom(given[.held], text),
      stickiness: try stickiness(given[.sticky], text))
  }

  private enum Name: String, CaseIterable {
    case paper, held, clip, fixed, channel, joint, sticky

    var form: String {
      switch self {
      case .paper: "paper"
      case .held: "held or held=HEADROOM_PERCENT"
      case .clip: "clip=PERCENT"
      case .fixed: "fixed=LO:HI"
      case .channel: "channel"
      case .joint: "joint"
      case .sticky: "sticky=D"
      }
    }

    var takesValue: Bool { ![.paper, .channel, .joint].contains(self) }
  }

  /// Pairs of which one makes the other pointless, and why.
  private static let contradictions: [(Name, Name, String)] = [
    (.fixed, .held, "a fixed range is never taken anew, so there is nothing to hold"),
    (.fixed, .clip, "a fixed range is not taken from the values"),
    (.fixed, .channel, "one fixed range serves all channels"),
    (.fixed, .joint, "a fixed range is the same for all tensors as it is"),
  ]

  private static func checkTogether(
    _ given: [Name: String], _ text: String
  ) throws(SplitpipeError) {
    guard given[.paper] == nil || given.count == 1 else {
      throw .badValue(text, "paper stands alone; leave it out to change how it works")
    }
    for (one, other, reason) in contradictions where given[one] != nil && given[other] != nil {
      throw .badValue(
        text, "\(one.rawValue) and \(other.rawValue) do not go together: \(reason)")
    }
  }

  private static func source(
    _ given: [Name: String], _ text: String
  ) throws(SplitpipeError) -> Source {
    if let value = given[.fixed] {
      let ends = value.split(separator: ":", omittingEmptySubsequences: false)
      // Adding 0 turns −0 into 0, so that equal ranges have equal bytes.
      guard ends.count == 2, let low = Float(String(ends[0])).map({ $0 + 0 }),
        let high = Float(String(ends[1])).map({ $0 + 0 }), low < high, (high - low).isFinite
      else {
        throw .badValue(
          text, "fixed is written fixed=LO:HI with two numbers, LO below HI, not \"fixed=\(value)\""
        )
      }
      return .fixed(CodeRange(minimum: low, maximum: high))
    }
    if let value = given[.clip] {
      guard let percent = Double(value), percent >= 50, percent < 100 else {
        throw .badValue(
          text,
          "clip is written clip=PERCENT from 50 to below 100, as in clip=99.9, "
            + "not \"clip=\(value)\"")
      }
      return .middle(percent: percent)
    }
    return .extremes
  }

  private static func headroom(
    _ value: String?, _ text: String
  ) throws(SplitpipeError) -> Double? {
    guard let value else { return nil }
    guard !value.isEmpty else { return usualHeadroom }
    guard let percent = Double(value), percent >= 0, percent <= 100 else {
      throw .badValue(
        text, "held has a headroom of 0 to 100 percent, as in held=5, not \"held=\(value)\"")
    }
    return percent + 0
  }

  private static func stickiness(
    _ value: String?, _ text: String
  ) throws(SplitpipeError) -> Double? {
    guard let value else { return nil }
    guard let steps = Double(value), steps > 0, steps <= 1 else {
      throw .badValue(
        text,
        "sticky is written sticky=D with D above 0 and at most 1, as in sticky=0.25, "
          + "not \"sticky\(value.isEmpty ? "" : "=" + value)\"")
    }
    return steps
  }
}

extension SplitpipeError {
  fileprivate static func unknownPart(
    _ name: String, in text: String, valid names: [String]
  ) -> SplitpipeError {
    let nearest = nearestNames(to: name, among: names, limit: names.count)
    let ordered = nearest + names.filter { !nearest.contains($0) }
    return SplitpipeError(
      .usage,
      "unknown part \"\(name)\" of quantizer \"\(text)\"; valid parts, nearest first: "
        + ordered.joined(separator: ", "))
  }

  fileprivate static func badValue(_ text: String, _ problem: String) -> SplitpipeError {
    SplitpipeError(.usage, "cannot use quantizer \"\(text)\": \(problem)")
  }
}
