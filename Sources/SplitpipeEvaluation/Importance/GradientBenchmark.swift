import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeMedia
package import SplitpipeModel
import SplitpipeModelStore
package import SplitpipePipeline
import SplitpipeStages
import SplitpipeStatistics

/// What `splitpipe bench gradients --json` prints. Seconds are medians of a frame, in float32; both graphs
/// take turns on each frame.
package struct GradientBenchmark: Encodable, Sendable {
  package let input: String
  package let model: String
  /// Width and height of the network's input.
  package let size: String
  package let frames: Int
  /// Tensors whose importance one run tells.
  package let tensors: Int
  package let forwardSeconds: Double
  /// The network, its gradients, and what importance is made of.
  package let gradientSeconds: Double
  package let ratio: Double

  /// What is measured.
  package struct Request: Sendable {
    package var input: String
    package var model: String
    package var splits: [String] = []
    package var frames = 20
    package var networkInput = InputSettings()

    package init(input: String, model: String) {
      self.input = input
      self.model = model
    }
  }

  /// Runs the network alone and with its gradients, in turn.
  ///
  /// - Parameters:
  ///   - request: what is measured.
  ///   - stop: ends it early; what was measured counts.
  ///   - progress: called for each frame.
  /// - Returns: the medians.
  /// - Throws: what reading, differentiating and running throw.
  package static func measure(
    _ request: Request, stop: StopSignal, progress: () -> Void
  ) throws -> GradientBenchmark {
    var model = try ImportanceModel(
      loadModel(path: resolveModel(request.model)), request.networkInput, splits: request.splits)
    let source = try openFrameSource(request.input)
    var (forward, gradient) = ([Double](), [Double]())
    var size: PixelSize?
    while !stop.isStopped, forward.count < request.frames, let frame = try source.next() {
      let input = try model.preparation.preparer.prepare(frame)
      // Pictures of another size would be compiled for anew.
      guard size ?? input.letterbox.input == input.letterbox.input else { continue }
      let seed = ImportanceProbe.Seed(classIndex: nil, slopes: [(0, 1)])
      if size == nil {
        _ = try model.output(of: input)
        _ = try model.values(of: input, [seed])
      }
      size = input.letterbox.input
      var meter = LapMeter()
      _ = try model.output(of: input)
      forward.append(meter.lap().seconds)
      _ = try model.values(of: input, [seed])
      gradient.append(meter.lap().seconds)
      progress()
    }
    guard let size, let forwardSeconds = forward.median, let gradientSeconds = gradient.median
    else {
      throw SplitpipeError(
        .badData, "\(redacted(request.input)) has no frame to measure; give a video or pictures")
    }
    return GradientBenchmark(
      input: redacted(request.input), model: model.model.name, size: "\(size)",
      frames: forward.count, tensors: model.tensors.count, forwardSeconds: forwardSeconds,
      gradientSeconds: gradientSeconds, ratio: gradientSeconds / forwardSeconds)
  }
}
