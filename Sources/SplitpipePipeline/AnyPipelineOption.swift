/// An option whose type of value is not known here.
package protocol AnyPipelineOption: Sendable {
  /// The name in a pipeline file.
  var name: String { get }
  /// One line for people.
  var help: String { get }
  /// What a value must look like, for error messages.
  var expectation: String { get }
  /// Reads a scalar as written.
  ///
  /// - Returns: the value; nil if the text does not meet the expectation.
  /// - Throws: what is wrong with the text, where name and expectation do not say it all.
  func parse(_ text: String) throws -> (any Sendable)?
}

extension AnyPipelineOption {
  /// Reads a scalar as written.
  ///
  /// - Parameters:
  ///   - text: the scalar.
  ///   - shown: the option's name as the user wrote it.
  /// - Returns: the value.
  /// - Throws: the sentence that says what is wrong.
  func value(of text: String, shownAs shown: String) throws(OptionComplaint) -> any Sendable {
    let value: (any Sendable)?
    do { value = try parse(text) } catch {
      throw OptionComplaint(sentence: String(describing: error))
    }
    guard let value else {
      throw OptionComplaint(sentence: "\(shown) is \(expectation), not \"\(text)\"")
    }
    return value
  }
}

/// What is wrong with the value given for an option.
struct OptionComplaint: Error {
  let sentence: String
}
