import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeFiles
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
import SplitpipeModelStore
package import SplitpipePipeline
import SplitpipeStages
import SplitpipeStatistics
package import SplitpipeTraining

/// The training of a bottleneck whose inputs have been opened and whose output can be written.
package final class BottleneckSession {
  /// What happens while it runs.
  package enum Progress {
    case reading
    case advanced
    case learning(BottleneckTrainer.Progress)
  }

  let request: BottleneckRequest
  let model: Model
  let split: DefaultSplit
  private var notes: [String]

  /// The side of the parts of pictures that training looks at, in pixels.
  private static let partSide = 320
  /// Pictures a step.
  private static let pictures = 2
  /// Of all steps, for the features alone.
  private static let firstShare = 0.15
  /// The highest rates of learning.
  private static let (firstRate, secondRate) = (2e-3, 1.5e-3)

  /// Opens the model; the cheapest checks come first.
  ///
  /// - Parameter request: what the user asks.
  /// - Throws: the first thing that stands in the way.
  package init(_ request: BottleneckRequest) throws {
    self.request = request
    let outputs = [request.output, request.summary].compactMap { $0 }
    try checkOutputs(
      outputs + [request.checkpointPath].compactMap { $0 }, inputs: request.data + [request.model])
    for path in outputs { try OutputFile(path).cancel() }
    if let path = request.checkpointPath, FileTree.exists(path), !request.resume {
      throw SplitpipeError(
        .usage,
        "\"\(path)\" holds an interrupted training: go on with --resume, or remove the "
          + "file to begin anew")
    }
    var model = try loadModel(path: resolveModel(request.model))
    model.geometry = try InputPreparation(for: model, request.input).geometry
    self.model = model
    split = try model.split(named: request.split, at: model.geometry.largestInput)
    notes = [split.note].compactMap { $0 }
    // Says at once what cannot be cut.
    _ = try bottleneck(at: model.geometry.largestInput)
  }

  func bottleneck(at size: PixelSize) throws -> Bottleneck {
    try Bottleneck(model.graph(size), at: split.name, seed: request.seed) { tensor in
      if let share = request.share {
        return BottleneckShape(
          kind: request.kind, share: share, of: tensor, stride: request.stride)
      }
      return BottleneckShape(
        kind: request.kind, channels: request.channels ?? BottleneckRequest.usualChannels,
        stride: request.kind == .paper ? 4 : request.stride)
    }
  }

  /// Reads the pictures and trains.
  ///
  /// - Parameters:
  ///   - stop: ends it after the step in work.
  ///   - progress: gets what happens.
  /// - Returns: what was learnt; the model is written.
  /// - Throws: what reading and running throw.
  package func run(
    stop: StopSignal, progress: (Progress) -> Void
  ) throws -> BottleneckSummary {
    progress(.reading)
    let pictures = try BottleneckPictures(request, model, stop: stop) { progress(.advanced) }
    notes += pictures.notes
    let size = pictures.pool.size
    let part = part(of: size)
    let identity = identity(size, pictures)
    let known = request.checkpointPath.flatMap { FileTree.exists($0) ? $0 : nil }
    let checkpoint =
      try known.map { try TrainingCheckpoint(path: $0, identity: identity) }
      ?? TrainingCheckpoint(identity: identity)
    let trainer = BottleneckTrainer(
      try bottleneck(at: part), of: model, geometry: model.geometry,
      stages: try stages(pictures), budget: request.budget,
      part: part, flips: !pictures.isVideo, seed: request.seed, engine: try OpenVINOEngine(),
      pool: pictures.pool, heldOut: pictures.heldOut, from: checkpoint,
      checkpointPath: request.checkpointPath)
    let whole = try bottleneck(at: size)
    let meter = try BottleneckMeter(
      model, pictures.heldOut, bits: request.bits, budget: request.budget)
    let weights: [String: Weight]
    do {
      weights = try trainer.run(stop: stop) {
        progress(.learning($0))
      } looked: { weights, seconds, isLast in
        try meter?.measure(whole.inserted(weights), seconds: seconds, isLast: isLast)
      }
    } catch let error as SplitpipeError where error.kind == .badData {
      if let best = trainer.bestWeights { try write(whole, best, size) }
      throw error
    }
    try write(whole, weights, size)
    let summary = try summary(
      trainer.checkpoint, whole, weights, pictures, isComplete: !stop.isStopped)
    if let path = request.summary { try writeJSON(summary, to: path) }
    if !stop.isStopped { request.checkpointPath.map(TrainingCheckpoint.remove) }
    return summary
  }

  /// A square part of pictures, or all of a picture where the model takes no other size.
  func part(of size: PixelSize) -> PixelSize {
    guard case .rectangular(_, let stride) = model.geometry.size else { return size }
    let side = Self.partSide / stride * stride
    return PixelSize(width: min(side, size.width), height: min(side, size.height))
  }

  func stages(_ pictures: BottleneckPictures) throws -> [BottleneckTrainer.Stage] {
    let isVideo = pictures.isVideo && pictures.pool.hasPairs && pictures.heldOut.hasPairs
    var first = BottleneckTraining.Settings()
    if request.weighsImportance {
      first.channelWeights = try ChannelImportance.weights(
        model, bottleneck(at: pictures.pool.size), request.input, pictures.pool)
    }
    first.pictures = Self.pictures
    var second = first
    second.loss = .distillation
    second.loss.bits = request.bits
    second.loss.rate = Float(request.entropyWeight)
    second.loss.isVideo = isVideo
    second.tuned = request.tuned
    return [
      BottleneckTrainer.Stage(first, rate: Self.firstRate, share: Self.firstShare),
      BottleneckTrainer.Stage(second, rate: Self.secondRate, share: 1 - Self.firstShare),
    ]
  }

  private func identity(_ size: PixelSize, _ pictures: BottleneckPictures) -> [String: String] {
    [
      "model": "\(model.contentHash.value)", "split": split.name, "input": "\(size)",
      "data": request.data.joined(separator: ", "), "pictures": "\(pictures.pool.count)",
      "shape":
        "\(request.kind.rawValue) \(request.channels ?? 0) \(request.stride) \(request.share ?? 0)",
      "bits": "\(request.bits)", "tuned part": request.tuned.rawValue, "seed": "\(request.seed)",
      "entropy weight": "\(request.entropyWeight)",
      "weights of channels": "\(request.weighsImportance)", "budget": "\(request.budget)",
    ]
  }

  private func write(_ bottleneck: Bottleneck, _ weights: [String: Weight], _ size: PixelSize)
    throws
  {
    let graph = try bottleneck.inserted(weights.mapValues(\.roundedToHalf))
    let bytes = try model.onnxBytes(
      with: graph, size: size,
      notes: ["splitpipe.bottleneck": "of \(model.contentHash.value) at \(split.name)"])
    guard let output = request.output else { return }
    let file = try OutputFile(output)
    try file.append(bytes)
    try file.finish()
  }

  private func summary(
    _ checkpoint: TrainingCheckpoint, _ bottleneck: Bottleneck, _ weights: [String: Weight],
    _ pictures: BottleneckPictures, isComplete: Bool
  ) throws -> BottleneckSummary {
    let macs = try bottleneck.macs()
    let coder = bottleneck.coders[0]
    let sent = bottleneck.coders.reduce(0) { $0 + $1.latentShape.count }
    let crossed = bottleneck.coders.reduce(0) { $0 + $1.crossing.shape.count }
    let times = try headSeconds(bottleneck, weights, pictures.heldOut)
    return BottleneckSummary(
      model: model.name, output: request.output ?? "", split: split.name,
      shape:
        "\(coder.shape.kind.rawValue), \(coder.shape.channels) channels, stride \(coder.shape.stride)",
      bits: request.bits, tuned: request.tuned.rawValue, pictures: pictures.pool.count,
      heldOutPictures: pictures.heldOut.count, size: "\(pictures.pool.size)",
      steps: checkpoint.losses.last.map { last in
        Set(checkpoint.losses.map(\.stage)).reduce(0) { sum, stage in
          sum
            + (stage == last.stage
              ? checkpoint.step : checkpoint.losses.last { $0.stage == stage }?.step ?? 0)
        }
      } ?? 0,
      seconds: checkpoint.seconds, losses: checkpoint.losses, encoderMACs: macs.encoder,
      decoderMACs: macs.decoder, headMACs: bottleneck.cut.headMACs,
      encodingHeadSeconds: times.with, headSeconds: times.without,
      latent: Array(coder.latentShape.dimensions.dropFirst()), rate: Double(sent) / Double(crossed),
      complete: isComplete, notes: notes)
  }

  /// Medians of the head with the encoder and without, in turn on the same pictures.
  private func headSeconds(
    _ bottleneck: Bottleneck, _ weights: [String: Weight], _ pictures: PicturePool
  ) throws -> (with: Double, without: Double) {
    let engine = try OpenVINOEngine()
    func compiled(_ graph: ModelGraph, _ name: String) throws -> any CompiledGraph {
      try engine.compile(
        prependingByteInput(
          graph, scale: model.geometry.byteScale, normalization: model.geometry.normalization),
        name: name, precision: .auto, threads: nil)
    }
    let inserted = try cut(bottleneck.inserted(weights), at: Bottleneck.splitName).head
    let with = try compiled(inserted, "the head with its encoder")
    let without = try compiled(bottleneck.cut.head, "the head")
    var times: [(with: Double, without: Double)] = []
    var dice = SplitMix64(seed: request.seed)
    let repetitions = 20
    for _ in 0...repetitions {
      let picture = InferenceInput.bytes(
        pictures.draw(1, part: pictures.size, pairs: false, flips: false, &dice))
      var meter = LapMeter()
      _ = try without.run([picture])
      let first = meter.lap().seconds
      _ = try with.run([picture])
      times.append((meter.lap().seconds, first))
    }
    // The first run of each is not like the others.
    let measured = times.dropFirst()
    return (measured.map(\.with).median ?? 0, measured.map(\.without).median ?? 0)
  }
}
