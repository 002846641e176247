import SplitpipeCore
import SplitpipeMedia
import SplitpipeModel
import SplitpipePipeline

/// Scales and pads the frame into the network's input.
struct LetterboxStage: Stage {
  let preparer: any FramePreparer

  mutating func process(_ record: inout FrameRecord) async throws {
    let prepared = try preparer.prepare(record.require(Slots.frame))
    record[Slots.letterbox] = prepared.letterbox
    record[Slots.input] = prepared.tensor
  }

  static let definition = StageDefinition<RunContext>(
    "letterbox", "scales and pads the frame into the network's input",
    reads: [Slots.frame.name], writes: [Slots.letterbox.name, Slots.input.name],
    options: [
      OptionSpecification(
        "kernel", .choice(ScalingOptions.Kernel.allCases.map(\.rawValue)),
        default: .text(ScalingOptions.Kernel.twoTap.rawValue), "how the frame is scaled"),
      OptionSpecification(
        "noise", .number(SensorNoise.deviations), default: .number(0),
        "standard deviation of noise added to the scaled frame, in steps of 255"),
      OptionSpecification(
        "chroma", .choice(ScalingOptions.Chroma.allCases.map(\.rawValue)),
        default: .text(ScalingOptions.Chroma.interpolated.rawValue),
        "how colour planes of half the resolution become colours of pixels"),
    ],
    make: .stage { context, options in
      let kernel = options.text("kernel").flatMap(ScalingOptions.Kernel.init) ?? .twoTap
      let chroma = options.text("chroma").flatMap(ScalingOptions.Chroma.init) ?? .interpolated
      let letterboxer = Letterboxer(
        geometry: context.model.model.geometry,
        options: ScalingOptions(kernel: kernel, chroma: chroma))
      let noise = options.number("noise") ?? 0
      return LetterboxStage(
        preparer: noise > 0 ? SensorNoise(letterboxer, deviation: noise) : letterboxer)
    })
}
