import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeMedia
import SplitpipeModel
import SplitpipePipeline

/// Scales and pads the frame into the network's input.
struct LetterboxStage: Stage {
  static let name = "letterbox"
  static let summary = "scales and pads the frame into the network's input"
  static let reads: SlotSet = [Slots.frame]
  static let writes: SlotSet = [Slots.input]
  static let options: [any AnyPipelineOption] = [kernel, noise, chroma]

  private static let kernel = PipelineOption<ScalingOptions.Kernel>(
    "kernel", default: .twoTap, "how the frame is scaled")
  private static let noise = PipelineOption<Double>(
    "noise", SensorNoise.deviations, default: 0,
    "standard deviation of noise added to the scaled frame, in steps of 255")
  private static let chroma = PipelineOption<ScalingOptions.Chroma>(
    "chroma", default: .interpolated,
    "how colour planes of half the resolution become colours of pixels")

  private let preparer: any FramePreparer

  init(_ context: RunContext, _ options: Options) {
    let letterboxer = Letterboxer(
      geometry: context.model.whole.geometry,
      options: ScalingOptions(kernel: options[Self.kernel], chroma: options[Self.chroma]))
    let noise = options[Self.noise]
    preparer = noise > 0 ? SensorNoise(letterboxer, deviation: noise) : letterboxer
  }

  mutating func process(_ record: inout FrameRecord) async throws {
    record[Slots.input] = try preparer.prepare(record.require(Slots.frame))
  }
}
