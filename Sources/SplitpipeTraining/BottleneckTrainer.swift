package import SplitpipeCore
package import SplitpipeModel
package import SplitpipePipeline

/// Trains a bottleneck, stage after stage, on pictures in memory.
package final class BottleneckTrainer {
  /// One stage.
  package struct Stage: Sendable {
    package var settings: BottleneckTraining.Settings
    /// The highest rate of learning.
    package var rate: Double
    /// Of all steps, or of the time.
    package var share: Double

    package init(_ settings: BottleneckTraining.Settings, rate: Double, share: Double) {
      self.settings = settings
      self.rate = rate
      self.share = share
    }
  }

  /// When a training ends.
  package enum Budget: Sendable, Hashable {
    case steps(Int)
    case seconds(Double)
  }

  /// How far it is.
  package struct Progress: Sendable {
    package let stage: Int
    package let step: Int
    package let steps: Int
    package let loss: Double
    package let rate: Double
    /// Until the end of the last stage.
    package let secondsLeft: Double?
  }

  private let bottleneck: Bottleneck
  private let model: Model
  private let geometry: InputGeometry
  private let stages: [Stage]
  private let budget: Budget
  private let part: PixelSize
  private let flips: Bool
  private let seed: UInt64
  private let engine: any InferenceEngine
  private let pool: PicturePool
  private let heldOut: PicturePool
  private let checkpointPath: String?
  private(set) package var checkpoint: TrainingCheckpoint
  /// Those of the checkpoint; nil before the first look.
  private(set) package var bestWeights: [String: Weight]?

  /// Steps until the time of one is known.
  private static let measuredSteps = 10
  /// Times that pictures kept apart are looked at in a stage.
  private static let looks = 20
  /// Draws from them at each look.
  private static let heldOutDraws = 8
  /// Seconds from one checkpoint to the next.
  private static let checkpointInterval = 60.0
  /// Points of the losses that are kept of a stage.
  private static let lossPoints = 100

  /// - Parameters:
  ///   - bottleneck: for pictures of the size that parts have.
  ///   - model: what it is a bottleneck of.
  ///   - geometry: how the network reads pictures.
  ///   - stages: one after the other.
  ///   - budget: when it ends.
  ///   - part: width and height of what is drawn of a picture.
  ///   - flips: whether pictures may be mirrored.
  ///   - seed: of what is drawn.
  ///   - engine: runs the steps.
  ///   - pool: what is learnt from.
  ///   - heldOut: what is not.
  ///   - checkpoint: where it goes on, or the identity of a new one.
  ///   - path: where checkpoints are written; nil for none.
  package init(
    _ bottleneck: Bottleneck, of model: Model, geometry: InputGeometry, stages: [Stage],
    budget: Budget, part: PixelSize, flips: Bool, seed: UInt64, engine: any InferenceEngine,
    pool: PicturePool, heldOut: PicturePool, from checkpoint: TrainingCheckpoint,
    checkpointPath path: String?
  ) {
    self.bottleneck = bottleneck
    self.model = model
    self.geometry = geometry
    self.stages = stages
    self.budget = budget
    self.part = part
    self.flips = flips
    self.seed = seed
    self.engine = engine
    self.pool = pool
    self.heldOut = heldOut
    self.checkpoint = checkpoint
    checkpointPath = path
  }

  /// Trains until the budget is spent.
  ///
  /// - Parameters:
  ///   - stop: ends it after the step in work; what is best so far stays.
  ///   - progress: called for each step.
  ///   - looked: called with the best weights each time that they become better on pictures kept apart in
  ///     the last stage, and at its end; what it returns is noted.
  /// - Returns: the best weights.
  /// - Throws: what running throws; `badData` for a loss that is no number, after the checkpoint is written.
  package func run(
    stop: StopSignal, progress: (Progress) -> Void,
    looked: ([String: Weight], _ seconds: Double, _ isLast: Bool) throws -> HeldOutCost?
  ) throws -> [String: Weight] {
    for place in checkpoint.stage..<stages.count where !stop.isStopped {
      let training = try BottleneckTraining(
        bottleneck, stages[place].settings, known: [:], geometry: geometry,
        detector: model.detector)
      // Weights go on from stage to stage; moments begin anew.
      let isResumed = place == checkpoint.stage && checkpoint.step > 0
      let step = try TrainingStep(
        training.step, engine: engine, name: "stage \(place + 1) of the training of \(model.name)",
        from: isResumed ? checkpoint.state : checkpoint.best.withoutMoments)
      if place != checkpoint.stage {
        checkpoint.step = 0
        checkpoint.steps = nil
        checkpoint.bestLoss = nil
      }
      checkpoint.stage = place
      if !checkpoint.best.tensors.isEmpty {
        bestWeights = checkpoint.best.weights(of: training.step)
      }
      try run(place, step, stop: stop, progress: progress, looked: looked)
    }
    guard let bestWeights else {
      throw SplitpipeError(.interrupted, "stopped before anything was learnt")
    }
    return bestWeights
  }

  private func run(
    _ place: Int, _ step: TrainingStep, stop: StopSignal, progress: (Progress) -> Void,
    looked: ([String: Weight], Double, Bool) throws -> HeldOutCost?
  ) throws {
    let stage = stages[place]
    let clock = ContinuousClock()
    let begin = clock.now
    let before = checkpoint.seconds
    var lastWritten = begin
    var total: Int? = checkpoint.steps ?? fixedSteps(stage)
    var lossSum = 0.0
    var lossCount = 0
    var number = checkpoint.step
    func note(_ number: Int) throws {
      checkpoint.step = number
      checkpoint.steps = total
      checkpoint.seconds = before + (clock.now - begin) / .seconds(1)
    }
    while !stop.isStopped, number < total ?? .max {
      number += 1
      let steps = total ?? .max
      let schedule = LearningRate(peak: stage.rate, steps: min(steps, 1 << 30))
      let rate = schedule.rate(step: number)
      let data = draw(pool, place, number, stage.settings)
      let loss: Double
      do {
        loss = Double(try step.run([data], step: number, rate: rate)[0])
      } catch let error as SplitpipeError where error.kind == .badData {
        try note(number - 1)
        try? write(step)
        throw error
      }
      lossSum += loss
      lossCount += 1
      if total == nil, number == Self.measuredSteps {
        total = timedSteps(stage, place, seconds: (clock.now - begin) / .seconds(1))
      }
      let known = total ?? Self.measuredSteps
      progress(
        Progress(
          stage: place + 1, step: number, steps: known, loss: loss, rate: rate,
          secondsLeft: secondsLeft(place, number, known, (clock.now - begin) / .seconds(1))))
      let isLast = total == number || stop.isStopped
      let isLook = total != nil && (isLast || number % max(1, known / Self.looks) == 0)
      var heldOutLoss: Double?
      var isBetter = false
      if isLook {
        let found = try testLoss(step, stage.settings)
        heldOutLoss = found
        isBetter = found <= checkpoint.bestLoss ?? .infinity
        if isBetter {
          checkpoint.bestLoss = found
          checkpoint.best = try step.state()
          bestWeights = checkpoint.best.weights(of: step.graph)
        }
      }
      if isLook || number % max(1, known / Self.lossPoints) == 0 {
        checkpoint.losses.append(
          LossPoint(
            step: number, stage: place + 1, loss: lossSum / Double(lossCount), heldOut: heldOutLoss)
        )
        (lossSum, lossCount) = (0, 0)
      }
      try note(number)
      if isBetter || isLast, place == stages.count - 1, let bestWeights {
        checkpoint.losses[checkpoint.losses.count - 1].cost = try looked(
          bestWeights, checkpoint.seconds, isLast)
      }
      let now = clock.now
      if isLast || (now - lastWritten) / .seconds(1) > Self.checkpointInterval {
        try write(step)
        lastWritten = now
      }
    }
  }

  /// Steps of a stage where their number was asked for.
  private func fixedSteps(_ stage: Stage) -> Int? {
    guard case .steps(let all) = budget else { return nil }
    return max(1, Int((Double(all) * stage.share).rounded()))
  }

  /// Steps that fit into the time that is left for a stage.
  private func timedSteps(_ stage: Stage, _ place: Int, seconds: Double) -> Int {
    guard case .seconds(let all) = budget else { return Self.measuredSteps }
    let perStep = seconds / Double(Self.measuredSteps)
    let rest = stages[place...].reduce(0) { $0 + $1.share }
    let left = max(0, all - checkpoint.seconds) * stage.share / rest
    return max(Self.measuredSteps, Int(left / max(perStep, 1e-6)))
  }

  private func secondsLeft(_ place: Int, _ number: Int, _ steps: Int, _ seconds: Double) -> Double?
  {
    let own = seconds / Double(max(1, number)) * Double(steps - number)
    switch budget {
    case .seconds(let all): return max(own, all - checkpoint.seconds)
    case .steps: return place == stages.count - 1 ? own : nil
    }
  }

  private func draw(
    _ pool: PicturePool, _ place: Int, _ number: Int, _ settings: BottleneckTraining.Settings
  ) -> InferenceInput {
    // What a step draws hangs on its number alone, so that a training goes on as if never interrupted.
    var dice = SplitMix64(seed: seed, stream: UInt64(place) << 32 | UInt64(number))
    return .bytes(
      pool.draw(
        settings.pictures, part: part, pairs: settings.loss.isVideo, flips: flips, &dice))
  }

  private func testLoss(
    _ step: TrainingStep, _ settings: BottleneckTraining.Settings
  ) throws -> Double {
    var sum = 0.0
    for number in 0..<Self.heldOutDraws {
      sum += Double(try step.test([draw(heldOut, 1 << 20, number, settings)])[0])
    }
    return sum / Double(Self.heldOutDraws)
  }

  private func write(_ step: TrainingStep) throws {
    guard let checkpointPath else { return }
    checkpoint.state = try step.state()
    try checkpoint.write(to: checkpointPath)
  }
}

extension TrainingState {
  /// The weights alone, for another stage to begin with.
  fileprivate var withoutMoments: TrainingState {
    var state = self
    state.tensors = tensors.mapValues { Array($0.prefix(1)) }
    return state
  }
}
