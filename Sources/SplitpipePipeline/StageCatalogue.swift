/// All that a pipeline file may say: its stages, and its settings.
package struct StageCatalogue<Context: Sendable>: Sendable {
  /// The stages, one line each.
  package let stages: [any StageDeclaration<Context>.Type]
  /// Names that stages once had, with what to write instead.
  package let formerStages: [String: String]
  /// What `settings` may hold.
  package let settings: [any AnyPipelineOption]

  /// A catalogue of stages.
  ///
  /// - Parameters:
  ///   - stages: the stages a file may name.
  ///   - formerStages: by former name of a stage, the words that tell the user what to write instead.
  ///   - settings: what `settings` may hold.
  package init(
    stages: [any StageDeclaration<Context>.Type], formerStages: [String: String] = [:],
    settings: [any AnyPipelineOption] = []
  ) {
    self.stages = stages
    self.formerStages = formerStages
    self.settings = settings
  }

  /// What is wrong with a name that no stage has.
  func complaint(aboutStage name: String, as kind: String, valid: [String]) -> String {
    if let instead = formerStages[name] {
      return "there is no stage \"\(name)\" any more: \(instead)"
    }
    return unknownName(kind, name, valid: valid)
  }
}
