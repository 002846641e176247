/// The values of a stage's options, or of a pipeline's settings.
package struct Options: Sendable {
  private let declared: Set<String>
  private let given: [String: any Sendable]

  /// Values by name, of options that have been declared.
  init(_ given: [String: any Sendable], of declared: [any AnyPipelineOption]) {
    self.declared = Set(declared.map(\.name))
    self.given = given
  }

  /// The value given for an option, else its default; traps in debug builds where a stage reads an
  /// option it does not declare, which no file could set.
  package subscript<Value>(option: PipelineOption<Value>) -> Value {
    assert(declared.contains(option.name), "option \"\(option.name)\" is read but not declared")
    guard let value = given[option.name] as? Value else { return option.fallback }
    return value
  }
}
