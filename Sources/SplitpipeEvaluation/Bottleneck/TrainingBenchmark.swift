import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeModel
package import SplitpipePipeline
import SplitpipeStages
import SplitpipeStatistics
import SplitpipeTraining

/// What `splitpipe bench training --json` prints. Seconds are medians of a step, in float32; the stages take
/// turns.
package struct TrainingBenchmark: Encodable, Sendable {
  /// One stage.
  package struct Stage: Encodable, Sendable {
    /// `features` or `answers`.
    package let name: String
    package let seconds: Double
    /// Over that of the network alone on as many pictures.
    package let ratio: Double
  }

  package let model: String
  package let split: String
  /// Width and height of what a step looks at.
  package let size: String
  /// A step.
  package let pictures: Int
  package let steps: Int
  /// The network alone, on as many pictures.
  package let networkSeconds: Double
  package let stages: [Stage]
}

extension BottleneckSession {
  /// Measures steps of both stages, without keeping what is learnt.
  ///
  /// - Parameters:
  ///   - steps: of each stage.
  ///   - stop: ends it early.
  ///   - progress: called for each step.
  /// - Returns: the medians.
  /// - Throws: what reading and running throw; `interrupted` where nothing was measured.
  package func measure(
    steps: Int, stop: StopSignal, progress: () -> Void
  ) throws -> TrainingBenchmark {
    let pictures = try BottleneckPictures(request, model, stop: stop) {}
    let part = part(of: pictures.pool.size)
    let bottleneck = try bottleneck(at: part)
    let engine = try OpenVINOEngine()
    let stages = try stages(pictures)
    let compiled = try stages.map { stage in
      try TrainingStep(
        BottleneckTraining(
          bottleneck, stage.settings, known: [:], geometry: model.geometry,
          detector: model.detector
        ).step, engine: engine, name: "a step")
    }
    let count = stages[0].settings.pictures
    let network = try engine.compile(
      prependingByteInput(
        bottleneck.graph.batched(count), scale: model.geometry.byteScale,
        normalization: model.geometry.normalization),
      name: model.name, precision: .f32, threads: nil)
    var times = [[Double]](repeating: [], count: stages.count)
    var alone: [Double] = []
    // The first run of each is not like the others.
    for number in 0...steps where !stop.isStopped {
      var dice = SplitMix64(seed: request.seed, stream: UInt64(number))
      let data = InferenceInput.bytes(
        pictures.pool.draw(
          count, part: part, pairs: stages[1].settings.loss.isVideo, flips: false, &dice))
      var meter = LapMeter()
      _ = try network.run([data])
      if number > 0 { alone.append(meter.lap().seconds) }
      for (place, step) in compiled.enumerated() {
        meter = LapMeter()
        _ = try step.run([data], step: number + 1, rate: 1e-4)
        if number > 0 { times[place].append(meter.lap().seconds) }
      }
      progress()
    }
    guard let networkSeconds = alone.median else {
      throw SplitpipeError(.interrupted, "stopped before anything was measured")
    }
    return TrainingBenchmark(
      model: model.name, split: split.name, size: "\(part)", pictures: count, steps: alone.count,
      networkSeconds: networkSeconds,
      stages: zip(["features", "answers"], times).map { name, times in
        let seconds = times.median ?? 0
        return TrainingBenchmark.Stage(
          name: name, seconds: seconds, ratio: seconds / networkSeconds)
      })
  }
}
