import SplitpipeCore

/// A pipeline whose names, values and data flow have been checked; only this can be run.
package struct ValidatedPlan<Context: Sendable>: Sendable {
  /// One entry of the plan.
  package struct PlannedStage: Sendable {
    /// What it is.
    package let type: any StageDeclaration<Context>.Type
    /// What the file sets.
    package let options: Options
    /// Indices of the stages it takes records from; empty for the source.
    package let inputs: [Int]
    let line: Int
  }

  /// The file's path, for error messages.
  package let path: String
  /// What holds for the whole pipeline.
  package let settings: Options
  /// Frames that may wait between two stages.
  package let buffer: Int
  /// The source first; every stage after those it takes records from.
  package let stages: [PlannedStage]

  /// Checks a pipeline file against what it may say.
  ///
  /// - Parameters:
  ///   - file: the pipeline as read.
  ///   - overrides: settings given on the command line, which win over the file's.
  ///   - stageOverrides: the same of stages' options, by the stage's name.
  ///   - catalogue: the stages and settings there are.
  /// - Throws: `badData` naming file, line and the nearest valid names (`usage` for an override).
  package init(
    _ file: PipelineFile, overrides: [String: String] = [:],
    stageOverrides: [String: [String: String]] = [:], catalogue: StageCatalogue<Context>
  ) throws {
    path = file.path
    settings = try Self.settings(file, overrides: overrides, declared: catalogue.settings)
    buffer = try Self.buffer(file)
    stages = try Self.stages(file, catalogue, overrides: stageOverrides)
    try checkDataFlow()
  }

  /// Whether a stage is planned.
  package func has(_ stage: (some StageDeclaration<Context>).Type) -> Bool {
    stages.contains { $0.type.name == stage.name }
  }

  /// A stage's options; their defaults where it is not planned.
  package func options(of stage: (some StageDeclaration<Context>).Type) -> Options {
    stages.first { $0.type.name == stage.name }?.options ?? Options([:], of: stage.options)
  }

  private static func settings(
    _ file: PipelineFile, overrides: [String: String], declared: [any AnyPipelineOption]
  ) throws -> Options {
    var values = try read(file.settings, declared: declared, what: "setting", path: file.path)
    try override(&values, by: overrides, declared: declared)
    return Options(values, of: declared)
  }

  /// Puts what the command line says over what the file does.
  private static func override(
    _ values: inout [String: any Sendable], by overrides: [String: String],
    declared: [any AnyPipelineOption]
  ) throws(SplitpipeError) {
    for (name, text) in overrides.sorted(by: { $0.key < $1.key }) {
      guard let option = declared.first(where: { $0.name == name }) else {
        throw SplitpipeError(.bug, "no setting is called \"\(name)\"")
      }
      do throws(OptionComplaint) {
        values[name] = try option.value(of: text, shownAs: "--\(name)")
      } catch {
        throw SplitpipeError(.usage, error.sentence)
      }
    }
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
    _ given: [String: PipelineFile.Value], declared: [any AnyPipelineOption], what: String,
    path: String
  ) throws -> [String: any Sendable] {
    var values: [String: any Sendable] = [:]
    for (name, value) in given.sorted(by: { $0.value.line < $1.value.line }) {
      guard let option = declared.first(where: { $0.name == name }) else {
        throw SplitpipeError.pipeline(
          path, value.line, unknownName(what, name, valid: declared.map(\.name)))
      }
      do throws(OptionComplaint) {
        values[name] = try option.value(of: value.text, shownAs: name)
      } catch {
        throw SplitpipeError.pipeline(path, value.line, error.sentence)
      }
    }
    return values
  }

  private static func stages(
    _ file: PipelineFile, _ catalogue: StageCatalogue<Context>,
    overrides: [String: [String: String]]
  ) throws -> [PlannedStage] {
    guard !file.stages.isEmpty else {
      throw SplitpipeError.pipeline(file.path, 1, "it has no stages")
    }
    var planned: [PlannedStage] = []
    for entry in file.stages {
      planned.append(
        try stage(entry, after: planned, file.path, catalogue, overrides: overrides))
    }
    for (name, options) in overrides where !planned.contains(where: { $0.type.name == name }) {
      throw SplitpipeError(
        .usage,
        "--\(options.keys.sorted().joined(separator: ", --")) is for the stage \"\(name)\", which "
          + "\"\(file.path)\" does not have")
    }
    return planned
  }

  private static func stage(
    _ entry: PipelineFile.Entry, after planned: [PlannedStage], _ path: String,
    _ catalogue: StageCatalogue<Context>, overrides: [String: [String: String]]
  ) throws -> PlannedStage {
    let line = entry.stage.line
    guard let type = catalogue.stages.first(where: { $0.name == entry.stage.text }) else {
      let names = catalogue.stages.map { $0.name }
      throw SplitpipeError.pipeline(
        path, line, catalogue.complaint(aboutStage: entry.stage.text, as: "stage", valid: names))
    }
    guard !planned.contains(where: { $0.type.name == type.name }) else {
      throw SplitpipeError.pipeline(path, line, "stage \"\(type.name)\" appears twice")
    }
    guard (type is any SourceStage.Type) == planned.isEmpty else {
      throw SplitpipeError.pipeline(
        path, line,
        planned.isEmpty
          ? "the first stage makes frames, which \"\(type.name)\" does not"
          : "\"\(type.name)\" makes frames and can only be the first stage")
    }
    let inputs = try entry.from.map { source in
      guard let index = planned.firstIndex(where: { $0.type.name == source.text }) else {
        let names = planned.map { $0.type.name }
        throw SplitpipeError.pipeline(
          path, source.line,
          catalogue.complaint(aboutStage: source.text, as: "earlier stage", valid: names))
      }
      return index
    }
    var options = try read(
      entry.options, declared: type.options, what: "option of stage \"\(type.name)\"", path: path)
    try override(&options, by: overrides[type.name] ?? [:], declared: type.options)
    return PlannedStage(
      type: type, options: Options(options, of: type.options),
      inputs: inputs.isEmpty && !planned.isEmpty ? [planned.count - 1] : inputs, line: line)
  }

  /// Every slot a stage reads is filled by a stage that its records passed.
  private func checkDataFlow() throws {
    var filled: [SlotSet] = []
    for stage in stages {
      let available = stage.inputs.reduce(into: [] as SlotSet) { $0.formUnion(filled[$1]) }
      if let missing = stage.type.reads.names.subtracting(available.names).min() {
        let makers = stages.filter { $0.type.writes.names.contains(missing) }
          .map { "\"\($0.type.name)\"" }
        throw SplitpipeError.pipeline(
          path, stage.line,
          "stage \"\(stage.type.name)\" needs the \(missing), which no stage before it "
            + (makers.isEmpty
              ? "makes" : "makes; put it after \(makers.joined(separator: " or "))"))
      }
      filled.append(available.union(stage.type.writes))
    }
  }
}
