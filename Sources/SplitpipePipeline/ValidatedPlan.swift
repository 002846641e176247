import SplitpipeCore

/// A pipeline whose names, values and data flow have been checked; only this can be run.
package struct ValidatedPlan<Context: Sendable>: Sendable {
  package struct PlannedStage: Sendable {
    package let definition: StageDefinition<Context>
    package let options: Options
    /// Indices of the stages it takes records from; empty for the source.
    package let inputs: [Int]
    let line: Int
  }

  package let path: String
  package let settings: Options
  /// Frames that may wait between two stages.
  package let buffer: Int
  /// The source first; every stage after those it takes records from.
  package let stages: [PlannedStage]

  /// Checks a pipeline file against the registered stages.
  ///
  /// - Parameters:
  ///   - file: the pipeline as read.
  ///   - overrides: settings given on the command line, which win over the file's.
  ///   - definitions: every registered stage.
  ///   - specifications: what the file's `settings` may hold.
  /// - Throws: `badData` naming file, line and the nearest valid names (`usage` for an override).
  package init(
    _ file: PipelineFile, overrides: [String: String], definitions: [StageDefinition<Context>],
    settings specifications: [OptionSpecification]
  ) throws {
    path = file.path
    settings = try Self.settings(file, overrides: overrides, specifications: specifications)
    buffer = try Self.buffer(file)
    stages = try Self.stages(file, definitions: definitions)
    try checkDataFlow()
  }

  private static func settings(
    _ file: PipelineFile, overrides: [String: String], specifications: [OptionSpecification]
  ) throws -> Options {
    var values = try read(
      file.settings, specifications: specifications, what: "setting", path: file.path)
    for (name, text) in overrides {
      guard let specification = specifications.first(where: { $0.name == name }) else {
        throw SplitpipeError(.bug, "no setting is called \"\(name)\"")
      }
      guard let value = specification.parse(text) else {
        throw SplitpipeError(
          .usage,
          specification.complaint(text)
            ?? "--\(name) is \(specification.expectation), not \"\(text)\"")
      }
      values[name] = value
    }
    return Options(values, defaults: specifications)
  }

  private static func buffer(_ file: PipelineFile) throws -> Int {
    guard let value = file.buffer else { return 1 }
    guard let count = Int(value.text), (1...64).contains(count) else {
      throw SplitpipeError.pipeline(
        file.path, value.line, "buffer is a whole number from 1 to 64, not \"\(value.text)\"")
    }
    return count
  }

  private static func read(
    _ given: [String: PipelineFile.Value], specifications: [OptionSpecification], what: String,
    path: String
  ) throws -> [String: OptionValue] {
    var values: [String: OptionValue] = [:]
    for (name, value) in given.sorted(by: { $0.value.line < $1.value.line }) {
      guard let specification = specifications.first(where: { $0.name == name }) else {
        throw SplitpipeError.pipeline(
          path, value.line, unknownName(what, name, valid: specifications.map(\.name)))
      }
      guard let parsed = specification.parse(value.text) else {
        throw SplitpipeError.pipeline(
          path, value.line,
          specification.complaint(value.text)
            ?? "\(name) is \(specification.expectation), not \"\(value.text)\"")
      }
      values[name] = parsed
    }
    return values
  }

  private static func stages(
    _ file: PipelineFile, definitions: [StageDefinition<Context>]
  ) throws -> [PlannedStage] {
    guard !file.stages.isEmpty else {
      throw SplitpipeError.pipeline(file.path, 1, "it has no stages")
    }
    var planned: [PlannedStage] = []
    for entry in file.stages {
      let line = entry.stage.line
      guard let definition = definitions.first(where: { $0.name == entry.stage.text }) else {
        throw SplitpipeError.pipeline(
          file.path, line,
          unknownName("stage", entry.stage.text, valid: definitions.map(\.name)))
      }
      guard !planned.contains(where: { $0.definition.name == definition.name }) else {
        throw SplitpipeError.pipeline(
          file.path, line, "stage \"\(definition.name)\" appears twice")
      }
      guard definition.isSource == planned.isEmpty else {
        throw SplitpipeError.pipeline(
          file.path, line,
          planned.isEmpty
            ? "the first stage makes frames, which \"\(definition.name)\" does not"
            : "\"\(definition.name)\" makes frames and can only be the first stage")
      }
      let inputs = try entry.from.map { source in
        guard let index = planned.firstIndex(where: { $0.definition.name == source.text }) else {
          throw SplitpipeError.pipeline(
            file.path, source.line,
            unknownName("earlier stage", source.text, valid: planned.map(\.definition.name)))
        }
        return index
      }
      let options = try read(
        entry.options, specifications: definition.options,
        what: "option of stage \"\(definition.name)\"", path: file.path)
      planned.append(
        PlannedStage(
          definition: definition, options: Options(options, defaults: definition.options),
          inputs: inputs.isEmpty && !planned.isEmpty ? [planned.count - 1] : inputs, line: line))
    }
    return planned
  }

  /// Every slot a stage reads is filled by a stage that its records passed.
  private func checkDataFlow() throws {
    var filled: [Set<String>] = []
    for stage in stages {
      let available = stage.inputs.reduce(into: Set<String>()) { $0.formUnion(filled[$1]) }
      if let missing = stage.definition.reads.subtracting(available).min() {
        let makers = stages.filter { $0.definition.writes.contains(missing) }
          .map { "\"\($0.definition.name)\"" }
        throw SplitpipeError.pipeline(
          path, stage.line,
          "stage \"\(stage.definition.name)\" needs the \(missing), which no stage before it "
            + (makers.isEmpty
              ? "makes" : "makes; put it after \(makers.joined(separator: " or "))"))
      }
      filled.append(available.union(stage.definition.writes))
    }
  }
}
