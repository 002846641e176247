import SplitpipeCore
import Testing

@testable import SplitpipePipeline

@Suite struct `A pipeline file` {
  @Test func `gives settings, options, inputs and defaults`() throws {
    let plan = try plan(diamond, overrides: ["codec": "raw"])
    #expect(plan.settings[ToySettings.bits] == 4)
    #expect(plan.settings[ToySettings.codec] == .raw)
    #expect(plan.buffer == 2)
    #expect(plan.stages.map(\.inputs) == [[], [0], [0], [1, 2], [3]])
    #expect(plan.stages[1].options[Multiply.factor] == 2)
    #expect(plan.stages[1].options[Multiply.queue] == nil)
  }

  @Test(arguments: [
    ("stages:\n  - count\n  - dubble\n", "line 3: unknown stage \"dubble\"; did you mean double?"),
    (
      "stages:\n  - count\n  - double: { facto: 2 }\n",
      "line 3: unknown option of stage \"double\" \"facto\"; did you mean factor?"
    ),
    (
      "stages:\n  - count\n  - double: { factor: 12 }\n",
      "line 3: factor is a whole number from 1 to 9, not \"12\""
    ),
    (
      "settings: { bit: 3 }\nstages: [count]\n",
      "line 1: unknown setting \"bit\"; did you mean bits?"
    ),
    (
      "settings: { codec: zip }\nstages: [count]\n",
      "line 1: codec is one of rle, raw, not \"zip\""
    ),
    ("stagse: [count]\n", "line 1: unknown key \"stagse\"; did you mean stages?"),
    (
      "buffer: 0\nstages: [count]\n",
      "line 1: buffer is a whole number from 1 to 64, not \"0\""
    ),
    (
      "stages:\n  - double\n",
      "line 2: the first stage makes frames, which \"double\" does not"
    ),
    ("stages:\n  - count\n  - count\n", "line 3: stage \"count\" appears twice"),
    (
      "stages:\n  - count\n  - add\n",
      "line 3: stage \"add\" needs the double, which no stage before it makes"
    ),
    (
      "stages:\n  - count\n  - collect\n  - double\n  - triple\n  - add\n",
      "line 3: stage \"collect\" needs the sum, which no stage before it makes; put it after \"add\""
    ),
    (
      "stages:\n  - count\n  - double: { from: cuont }\n",
      "line 3: unknown earlier stage \"cuont\"; did you mean count?"
    ),
    (
      "stages:\n  - count\n  - twice\n",
      "line 3: there is no stage \"twice\" any more: write double in its place"
    ),
    (
      "stages:\n  - count\n  - double: { from: twice }\n",
      "line 3: there is no stage \"twice\" any more: write double in its place"
    ),
    ("stages: 5\n", "line 1: stages are a list, one `- name` a line"),
    ("stages: []\n", "line 1: it has no stages"),
    ("- a\n- b\n", "line 1: expected keys description, settings, buffer, stages"),
    ("", "line 1: it is empty; a pipeline needs a list of stages"),
  ])
  func `names the line and the nearest valid name`(yaml: String, sentence: String) {
    let error = #expect(throws: SplitpipeError.self) { try plan(yaml) }
    #expect(error?.message == "toy.yaml, " + sentence)
    #expect(error?.kind == .badData)
  }

  @Test func `that is not YAML is refused in one line`() {
    let error = #expect(throws: SplitpipeError.self) { try plan("stages: [count\nx: {") }
    #expect(error?.message.hasPrefix("toy.yaml: not valid YAML:") == true)
    #expect(error?.message.contains("\n") == false)
  }

  @Test func `an override out of range is wrong usage`() {
    let error = #expect(throws: SplitpipeError.self) {
      try plan(diamond, overrides: ["bits": "9"])
    }
    #expect(error?.kind == .usage)
    #expect(error?.message == "--bits is a whole number from 2 to 8, not \"9\"")
  }

  @Test func `a stage's option on the command line wins over the file's`() throws {
    let planned = try plan(diamond, stageOverrides: ["double": ["factor": "5"]])
    #expect(planned.stages[1].options[Multiply.factor] == 5)
    let wrong = #expect(throws: SplitpipeError.self) {
      try plan(diamond, stageOverrides: ["double": ["factor": "12"]])
    }
    #expect(wrong?.kind == .usage)
    #expect(wrong?.message == "--factor is a whole number from 1 to 9, not \"12\"")
    let absent = #expect(throws: SplitpipeError.self) {
      try plan("stages: [count]", stageOverrides: ["double": ["factor": "5"]])
    }
    #expect(absent?.kind == .usage)
    #expect(
      absent?.message
        == "--factor is for the stage \"double\", which \"toy.yaml\" does not have")
  }
}
