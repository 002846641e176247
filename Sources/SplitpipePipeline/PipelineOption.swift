/// One value that a pipeline file may set, with its name, its bounds and its default: the constant
/// that declares it also reads it, `options[Self.confidence]`.
///
/// A value is optional where leaving it out means something of its own.
package struct PipelineOption<Value: Sendable>: AnyPipelineOption {
  /// The name in a pipeline file.
  package let name: String
  /// One line for people.
  package let help: String
  /// What it is where the file does not say.
  package let fallback: Value
  package let expectation: String
  private let read: @Sendable (String) throws -> Value?

  private init(
    _ name: String, expecting expectation: String, default fallback: Value, _ help: String,
    read: @escaping @Sendable (String) throws -> Value?
  ) {
    self.name = name
    self.expectation = expectation
    self.fallback = fallback
    self.help = help
    self.read = read
  }

  /// One of some values.
  ///
  /// - Parameters:
  ///   - name: the name in a pipeline file.
  ///   - values: the values.
  ///   - write: how a user writes one.
  ///   - fallback: what it is where the file does not say.
  ///   - help: one line for people.
  package init(
    _ name: String, oneOf values: [Value], writtenAs write: @Sendable (Value) -> String,
    default fallback: Value, _ help: String
  ) {
    let names = values.map(write)
    self.init(
      name, expecting: "one of \(names.joined(separator: ", "))", default: fallback, help
    ) { text in
      names.firstIndex(of: text).map { values[$0] }
    }
  }

  /// What a parser makes of a text; the parser's errors say what is wrong with one.
  package init(
    _ name: String, parse: @escaping @Sendable (String) throws -> Value, default fallback: Value,
    _ help: String
  ) {
    self.init(name, expecting: "a text", default: fallback, help) { try parse($0) }
  }

  package func parse(_ text: String) throws -> (any Sendable)? { try read(text) }
}

extension PipelineOption where Value == Int {
  /// A whole number.
  package init(_ name: String, _ range: ClosedRange<Int>, default fallback: Int, _ help: String) {
    self.init(name, expecting: words(for: range), default: fallback, help) { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension PipelineOption where Value == Int? {
  /// A whole number that may be left out.
  package init(_ name: String, _ range: ClosedRange<Int>, _ help: String) {
    self.init(name, expecting: words(for: range), default: nil, help) { text in
      Int(text).flatMap { range.contains($0) ? .some($0) : nil }
    }
  }
}

extension PipelineOption where Value == Double {
  /// A number.
  package init(
    _ name: String, _ range: ClosedRange<Double>, default fallback: Double, _ help: String
  ) {
    self.init(
      name, expecting: "a number from \(range.lowerBound) to \(range.upperBound)",
      default: fallback, help
    ) { text in
      Double(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension PipelineOption where Value == String {
  /// Any text.
  package init(_ name: String, default fallback: String, _ help: String) {
    self.init(name, expecting: "a text", default: fallback, help) { $0 }
  }
}

extension PipelineOption where Value == String? {
  /// Any text; it may be left out.
  package init(_ name: String, _ help: String) {
    self.init(name, expecting: "a text", default: nil, help) { .some($0) }
  }
}

extension PipelineOption
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of an enumeration's cases.
  package init(_ name: String, default fallback: Value, _ help: String) {
    self.init(
      name, oneOf: Array(Value.allCases), writtenAs: { $0.rawValue }, default: fallback, help)
  }
}

extension PipelineOption {
  /// What a parser makes of a text, and nil where it is left out.
  ///
  /// - Parameters:
  ///   - name: the name in a pipeline file.
  ///   - expectation: what a text must look like, for error messages.
  ///   - help: one line for people.
  ///   - parse: nil for a text that is not as expected.
  package init<Parsed: Sendable>(
    _ name: String, expecting expectation: String, _ help: String,
    parse: @escaping @Sendable (String) -> Parsed?
  ) where Value == Parsed? {
    self.init(name, expecting: expectation, default: nil, help) { parse($0).map { .some($0) } }
  }

  /// One of an enumeration's cases, and nil where it is left out.
  package init<Case>(_ name: String, _ help: String)
  where
    Value == Case?, Case: RawRepresentable & CaseIterable & Sendable, Case.RawValue == String
  {
    let names = Case.allCases.map(\.rawValue).joined(separator: ", ")
    self.init(name, expecting: "one of \(names)", help) { Case(rawValue: $0) }
  }
}

private func words(for range: ClosedRange<Int>) -> String {
  "a whole number from \(range.lowerBound) to \(range.upperBound)"
}
