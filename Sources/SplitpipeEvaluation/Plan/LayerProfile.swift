internal import FoundationEssentials
import SplitpipeCodec
package import SplitpipeCore
import SplitpipeFiles
import SplitpipeMedia
package import SplitpipeModel
package import SplitpipePipeline
import SplitpipeStages
import SplitpipeStatistics

/// What heads take on a device, measured there for a plan that is made elsewhere; the keys are those of the
/// file that `splitpipe bench layers` writes.
package struct LayerProfile: Codable, Sendable {
  /// One split.
  package struct Layer: Codable, Sendable {
    package let split: String
    /// The median of a frame.
    package let headSeconds: Double
  }

  package let model: String
  /// Names the content of the model file.
  package let content: String
  /// Width and height of the network's input.
  package let size: String
  package let engine: String
  package let precision: String
  package let frames: Int
  package let prepareSeconds: Double
  package let unsplitSeconds: Double
  /// In graph order.
  package let layers: [Layer]

  /// What is measured.
  package struct Request: Sendable {
    package var data: DatasetRequest
    package var model: String
    package var splits: [String] = []
    package var splitCount = 25
    package var frames = 24
    package var precision = Precision.auto
    package var input = InputSettings()

    package init(input: String, model: String) {
      data = DatasetRequest(input)
      self.model = model
    }
  }

  /// Measures heads one by one on this machine.
  ///
  /// - Parameters:
  ///   - request: what is measured.
  ///   - stop: ends it; nothing is told then.
  ///   - progress: gets what happens.
  /// - Returns: the profile.
  /// - Throws: what reading and running throw, `interrupted`.
  package static func measure(
    _ request: Request, stop: StopSignal, progress: (PlanSession.Progress) -> Void
  ) throws -> LayerProfile {
    let model = try PlannedModel(request.model, request.input, precision: request.precision)
    progress(.reading(total: request.frames))
    let input = try PlanInput(
      model.dataset(request.data), count: request.frames, reading: SourceSettings(),
      preparer: model.preparation.preparer,
      keyInterval: KeySchedule.usualInterval,
      stop: stop
    ) { progress(.advanced) }
    let splits = try model.splits(request.splits, count: request.splitCount, at: input.size)
    let meter = SplitMeter(
      whole: model.cut(at: splits[0].name), frames: input.frames)
    progress(.measuring(total: splits.count))
    var costs: [SplitCost] = []
    for split in splits {
      guard !stop.isStopped else {
        throw SplitpipeError(
          .interrupted, "stopped after \(costs.count) of \(splits.count) splits; nothing is written"
        )
      }
      costs.append(try meter.measureHead(model.cut(at: split.name)))
      progress(.advanced)
    }
    let even = costs.atOnePace
    return LayerProfile(
      model: model.model.name, content: "\(model.model.contentHash.value)",
      size: "\(input.size)", engine: model.engineDescription,
      precision: request.precision.rawValue, frames: input.frames.count,
      prepareSeconds: input.prepareSeconds, unsplitSeconds: even.first?.unsplitSeconds ?? 0,
      layers: zip(splits, even).map { Layer(split: $0.name, headSeconds: $1.headSeconds) })
  }

}

extension LayerProfile {
  /// Reads what `bench layers` wrote.
  ///
  /// - Parameter path: the file.
  /// - Throws: `missingInput`, `badData` for anything else.
  init(path: String) throws {
    let bytes = try readFile(path, limit: 1 << 24)
    guard let profile = try? JSONDecoder().decode(LayerProfile.self, from: Data(bytes)),
      profile.unsplitSeconds > 0, profile.layers.allSatisfy({ $0.headSeconds >= 0 })
    else {
      throw SplitpipeError(
        .badData, "\"\(path)\" is no profile; splitpipe bench layers writes one on the device")
    }
    self = profile
  }

  /// The seconds of a head.
  ///
  /// - Throws: `usage` where it was not measured.
  func headSeconds(_ split: String, in path: String) throws -> Double {
    guard let layer = layers.first(where: { $0.split == split }) else {
      throw SplitpipeError(
        .usage,
        "the profile \"\(path)\" has no split \"\(split)\"; measure it with splitpipe bench layers "
          + "--split, or leave out --split to plan for those of the profile")
    }
    return layer.headSeconds
  }

  /// Checks that it is of this model and size.
  ///
  /// - Throws: `badData` where it is not.
  func check(_ path: String, model: Model, size: PixelSize) throws {
    guard content == "\(model.contentHash.value)" else {
      throw SplitpipeError(
        .badData,
        "the profile \"\(path)\" is of \(self.model), and not of the same file as \(model.name); measure "
          + "again with splitpipe bench layers on the device")
    }
    guard self.size == "\(size)" else {
      throw SplitpipeError(
        .badData,
        "the profile \"\(path)\" is of inputs of \(self.size), the frames here make \(size); measure "
          + "with a picture of the same shape, or give --size on both sides")
    }
  }
}
