import SplitpipeCore
import SplitpipeMedia
import SplitpipeModel
import SplitpipeStages

/// Importance of the tensors that splits name, over a few frames.
struct PlanImportance: Sendable {
  struct Value: Sendable {
    /// Grad-CAM, as the authors of I-SPLIT compute it.
    let importance: Double
    /// By their equation 1 as it is printed.
    let paper: Double
    /// The mean gradient alone.
    let gradients: Double
  }

  /// By split.
  private(set) var values: [String: Value] = [:]
  /// Why there are none, or fewer.
  private(set) var note: String?

  /// Frames that are searched for objects, spread over a video, and those that are enough: a mean over more
  /// moves little.
  private static let searchedFrames = 32
  private static let mostFrames = 8

  /// - Parameters:
  ///   - model: uncut, its input as it is.
  ///   - splits: of a plan.
  ///   - dataset: where frames come from.
  ///   - size: of the network's input; pictures of another are left out.
  ///   - input: what a user says of the model's input.
  ///   - reading: where in a video frames begin, and how many of them count.
  /// - Throws: what running throws; a model that cannot be differentiated is a note.
  init(
    _ model: Model, _ splits: [SplitSummary], _ dataset: Dataset, size: PixelSize,
    _ input: InputSettings, _ reading: SourceSettings
  ) throws {
    let usable = splits.filter { split in
      guard let tensor = split.named else { return false }
      return [2, 4].contains(tensor.shape.rank) && tensor.shape[0] == 1
    }
    guard !usable.isEmpty else {
      note = "no split has a tensor of channels and places, so there is no importance"
      return
    }
    do {
      var probe = try ImportanceModel(model, input, splits: usable.map(\.name))
      var tallies = usable.map { _ in (cam: 0.0, paper: 0.0, gradients: 0.0) }
      var count = 0
      var searched = 0
      var reader = try PlanReader(
        dataset, count: Self.searchedFrames, reading, stretches: Self.searchedFrames)
      while count < Self.mostFrames, searched < Self.searchedFrames, let frame = try reader.next() {
        let input = try probe.preparation.preparer.prepare(frame)
        guard input.letterbox.input == size else { continue }
        searched += 1
        let seeds = try probe.ownSeeds(input)
        guard let found = ImportanceValue.sum(try probe.values(of: input, seeds)) else { continue }
        count += 1
        for (place, value) in found.enumerated() {
          tallies[place].cam += value.importance(.gradCAM, .code)
          tallies[place].paper += value.importance(.gradCAM, .paper)
          tallies[place].gradients += value.importance(.gradients, .code)
        }
      }
      guard count > 0 else {
        note = "nothing is detected in \(counted(searched, "frame")), so there is no importance"
        return
      }
      for (split, tally) in zip(usable, tallies) {
        values[split.name] = Value(
          importance: tally.cam / Double(count), paper: tally.paper / Double(count),
          gradients: tally.gradients / Double(count))
      }
    } catch let error as SplitpipeError where [.badData, .usage].contains(error.kind) {
      note = "without importance: \(error.message)"
    }
  }
}

extension SplitSummary {
  /// The tensor that the split names.
  var named: CrossingTensor? { frontier.first { $0.label == name } }
}
