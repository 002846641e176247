/// A pipeline as its YAML file writes it, every value still with its line; see `parse`.
package struct PipelineFile: Sendable, Equatable {
  /// A scalar and the line it stands on.
  struct Value: Sendable, Equatable {
    let text: String
    let line: Int
  }

  /// One entry of `stages`.
  struct Entry: Sendable, Equatable {
    let stage: Value
    /// Names of the stages it takes records from; empty means the one before.
    var from: [Value] = []
    var options: [String: Value] = [:]
  }

  /// The file's path, for error messages.
  var path: String
  var description: String?
  var settings: [String: Value] = [:]
  var buffer: Value?
  var stages: [Entry] = []
}
