import SplitpipeCore

/// A planned stage that takes part in this run, with what flows into it settled.
struct ActiveStage: Sendable {
  let name: String
  /// Indices among the stages taking part.
  let inputs: [Int]
  /// Slots it or a stage after it reads; the others are dropped before a record reaches it.
  var keeps: Set<String>
  /// Makes the stage, in the task that will run it.
  let build: @Sendable () throws -> Step

  /// The source or another stage; exactly one of the two is set.
  struct Step {
    var source: (any SourceStage)?
    var stage: (any Stage)?
  }
}

extension ValidatedPlan {
  /// The stages that take part; one that does not hands its inputs on to its consumers.
  func stagesTakingPart(_ context: Context) -> [ActiveStage] {
    var active: [ActiveStage] = []
    // For each planned stage, the active stages its records come from when it stands aside.
    var standsFor: [[Int]] = []
    for planned in stages {
      let inputs = planned.inputs.flatMap { standsFor[$0] }
      guard planned.definition.takesPart(context) else {
        standsFor.append(inputs)
        continue
      }
      standsFor.append([active.count])
      active.append(
        ActiveStage(
          name: planned.definition.name,
          inputs: inputs.reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
          keeps: planned.definition.reads.union(planned.definition.uses)
        ) {
          switch planned.definition.make {
          case .source(let make):
            ActiveStage.Step(source: try make(context, planned.options))
          case .stage(let make):
            ActiveStage.Step(stage: try make(context, planned.options))
          }
        })
    }
    for index in active.indices.reversed() {
      for input in active[index].inputs { active[input].keeps.formUnion(active[index].keeps) }
    }
    return active
  }
}
