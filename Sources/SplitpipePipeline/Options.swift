/// One named value that a pipeline file may set, with its bounds and its default.
package struct OptionSpecification: Sendable {
  package enum Kind: Sendable {
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case choice([String])
    case text
    /// A text at which this throws nothing; the error says what is wrong.
    case checked(@Sendable (String) throws -> Void)
  }

  package let name: String
  package let kind: Kind
  /// nil where leaving it out means something of its own.
  package let fallback: OptionValue?
  package let help: String

  package init(_ name: String, _ kind: Kind, default fallback: OptionValue?, _ help: String) {
    self.name = name
    self.kind = kind
    self.fallback = fallback
    self.help = help
  }

  /// What a value must look like, for error messages.
  var expectation: String {
    switch kind {
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let names): "one of \(names.joined(separator: ", "))"
    case .text, .checked: "a text"
    }
  }

  /// Reads a scalar as written; nil if it does not meet the expectation.
  func parse(_ text: String) -> OptionValue? {
    switch kind {
    case .integer(let range): Int(text).flatMap { range.contains($0) ? .integer($0) : nil }
    case .number(let range): Double(text).flatMap { range.contains($0) ? .number($0) : nil }
    case .choice(let names): names.contains(text) ? .text(text) : nil
    case .text: .text(text)
    case .checked: complaint(text) == nil ? .text(text) : nil
    }
  }

  /// What is wrong with a scalar that does not meet the expectation; nil where `name` and
  /// `expectation` say it all.
  func complaint(_ text: String) -> String? {
    guard case .checked(let check) = kind else { return nil }
    do { try check(text) } catch { return String(describing: error) }
    return nil
  }
}

package enum OptionValue: Sendable, Equatable {
  case integer(Int)
  case number(Double)
  case text(String)
}

/// The values of a stage's options, or of a pipeline's settings, defaults filled in.
package struct Options: Sendable, Equatable {
  private var values: [String: OptionValue]

  init(_ given: [String: OptionValue], defaults: [OptionSpecification]) {
    values = given
    for specification in defaults where values[specification.name] == nil {
      values[specification.name] = specification.fallback
    }
  }

  package func integer(_ name: String) -> Int? {
    if case .integer(let value) = values[name] { value } else { nil }
  }

  package func number(_ name: String) -> Double? {
    if case .number(let value) = values[name] { value } else { nil }
  }

  package func text(_ name: String) -> String? {
    if case .text(let value) = values[name] { value } else { nil }
  }
}
