import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
import SplitpipeModelStore
import SplitpipeStages

/// A model and where it could be cut.
struct PlannedModel {
  let model: Model
  let preparation: InputPreparation
  /// nil for a classifier.
  let detector: Detector?
  private let classifierClasses: Int
  private let engine: any InferenceEngine
  private let settings: SplitModel.Settings

  /// - Parameters:
  ///   - path: a model file, or the name of an installed one.
  ///   - input: what a user says of its input.
  ///   - precision: the arithmetic of its parts.
  /// - Throws: what reading the model throws, `usage` for an input that it cannot have.
  init(_ path: String, _ input: InputSettings, precision: Precision) throws {
    var model = try loadModel(path: try resolveModel(path))
    preparation = try InputPreparation(for: model, input)
    model.geometry = preparation.geometry
    detector = model.detector.map {
      Detector(kind: $0, classCount: model.classNames.count, settings: .display)
    }
    classifierClasses =
      detector == nil
      ? try EvaluatedModel.classCount(of: model, at: model.geometry.largestInput) : 0
    self.model = model
    engine = try OpenVINOEngine()
    var settings = SplitModel.Settings()
    settings.precision = precision
    settings.maximumSizes = 1
    self.settings = settings
  }

  /// Name and version of what runs it.
  var engineDescription: String { engine.description }

  /// Opens pictures for it.
  ///
  /// - Throws: as the commands that score it.
  func dataset(_ request: DatasetRequest) throws -> Dataset {
    detector != nil
      ? try .detection(request, classNames: model.classNames)
      : try .classes(request, classNames: model.classNames, classCount: classifierClasses)
  }

  /// Where it could be cut at a size.
  ///
  /// - Parameters:
  ///   - names: those that were asked for; none for some that stand for all.
  ///   - count: how many stand for all.
  ///   - size: width and height of the network's input.
  /// - Returns: in graph order.
  /// - Throws: `usage` for a name of nothing, `badData` where there is no usable split.
  func splits(_ names: [String], count: Int, at size: PixelSize) throws -> [SplitSummary] {
    let graph = try model.graph(size)
    let all = try usableSplits(graph)
    guard !all.isEmpty else {
      throw SplitpipeError.noSplits(model.name, try reasonAgainstSplits(of: graph))
    }
    guard !names.isEmpty else {
      return representativeSplits(
        all, count: count, including: try defaultSplit(of: model, at: size).name)
    }
    // What a person calls a split may not be what it is listed as.
    let wanted = try Set(
      names.map { name in
        let cut = try SplitpipeModel.cut(graph, at: name)
        return cut.frontier[cut.namedIndex].label
      })
    return all.filter { wanted.contains($0.name) }
  }

  /// The model cut somewhere, not compiled yet.
  func cut(at split: String) -> SplitModel {
    SplitModel(model: model, split: split, engine: engine, settings: settings)
  }
}
