import SplitpipeCore
import SplitpipeEndpoints
import SplitpipePipeline

/// Runs the network uncut: nothing is quantized, coded or sent.
struct WholeStage: Stage {
  static let name = "whole"
  static let summary = "runs the network uncut, and sends nothing"
  static let reads: SlotSet = [Slots.input]
  static let writes: SlotSet = [Slots.predictions, Slots.letterbox]

  private let model: SplitModel

  init(_ context: RunContext, _ options: Options) { model = context.model }

  mutating func process(_ record: inout FrameRecord) async throws {
    let input = try record.require(Slots.input)
    record[Slots.predictions] = try model.runUnsplit(input)
    record[Slots.letterbox] = input.letterbox
  }
}
