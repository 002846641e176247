/// A planned stage that takes part in this run, with what flows into it settled.
struct ActiveStage: Sendable {
  let name: String
  /// Its index among the stages taking part.
  let position: Int
  /// Indices among the stages taking part; empty for the source.
  let inputs: [Int]
  /// Slots it or a stage after it reads; the others are dropped before a record reaches it.
  var keeps: SlotSet
  /// What it has declared to read and write.
  let access: SlotAccess
  /// How many records may wait behind it; nil leaves it to the plan.
  let queue: Int?
  /// Makes the stage, in the task that will run it.
  let make: @Sendable () throws -> any StageDeclaration
}

extension ValidatedPlan {
  /// The stages that take part; one that does not hands its inputs on to its consumers.
  func stagesTakingPart(_ context: Context) -> [ActiveStage] {
    var active: [ActiveStage] = []
    // For each planned stage, the active stages its records come from when it stands aside.
    var standsFor: [[Int]] = []
    for planned in stages {
      let inputs = planned.inputs.flatMap { standsFor[$0] }
      guard planned.type.takesPart(in: context) else {
        standsFor.append(inputs)
        continue
      }
      standsFor.append([active.count])
      let access = SlotAccess(planned.type)
      active.append(
        ActiveStage(
          name: planned.type.name, position: active.count,
          inputs: inputs.reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
          keeps: access.reads, access: access, queue: planned.type.queue(planned.options)
        ) {
          try planned.type.init(context, planned.options)
        })
    }
    for index in active.indices.reversed() {
      for input in active[index].inputs { active[input].keeps.formUnion(active[index].keeps) }
    }
    return active
  }
}
