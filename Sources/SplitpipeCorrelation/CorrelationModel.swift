import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeMedia
import SplitpipeModel
import SplitpipeModelStore
import SplitpipeStages
import Synchronization

/// A model with the tensors that are looked at, for any size of picture.
final class CorrelationModel: Sendable {
  private let model: Model
  let preparation: InputPreparation
  /// Cut at the split of the request.
  let splitModel: SplitModel
  /// Sentences for the user on where it is cut.
  let notes: [String]
  private let tensors: [String]?
  private let engine: any InferenceEngine
  private let precision: Precision
  private let taps = Mutex(RecentlyUsed<PixelSize, CompiledTap>(capacity: maximumSizes))

  /// The tensors that are looked at, and what computes them.
  private typealias CompiledTap = (tensors: [CrossingTensor], graph: any CompiledGraph)

  /// Sizes kept compiled; a folder of images may bring many.
  private static let maximumSizes = 4

  /// - Parameters:
  ///   - request: what the user asks.
  ///   - frame: size of the first frame, at which the tensors are looked for.
  ///   - isVideo: whether frames come from a video, not from image files.
  ///   - engine: what compiles the model.
  /// - Throws: what reading and cutting the model throw; `usage` for an unknown tensor.
  init(
    _ request: CorrelationRequest, frame: PixelSize, isVideo: Bool,
    engine: () throws -> any InferenceEngine
  ) throws {
    var model = try loadModel(path: try resolveModel(request.model))
    // Image files are read as everywhere else; a video as the official preprocessing reads it.
    preparation = try InputPreparation(
      for: model, request.networkInput, chroma: isVideo ? .replicated : .interpolated)
    model.geometry = preparation.geometry
    // Names come before the engine: a wrong one needs no runtime to be found out.
    let input = Letterbox(frame: frame, geometry: model.geometry).input
    let chosen = try model.split(named: request.split, at: input)
    _ = try Self.tap(model, request.tensors, split: chosen.name, at: input)
    let runtime = try engine()
    var settings = SplitModel.Settings()
    settings.precision = request.precision
    settings.maximumSizes = Self.maximumSizes
    splitModel = SplitModel(
      model: model, split: chosen.name, engine: runtime, settings: settings)
    self.model = model
    self.engine = runtime
    precision = request.precision
    tensors = request.tensors
    // Where tensors are named, only the filters of --lowpass need the cut.
    let needsCut = request.tensors == nil || !request.lowPass.isEmpty
    notes = needsCut ? [chosen.note].compactMap(\.self) : []
  }

  private static func tap(
    _ model: Model, _ tensors: [String]?, split: String, at size: PixelSize
  ) throws -> Tap {
    let graph = try model.graph(size)
    guard let tensors else { return Tap(try cut(graph, at: split)) }
    return try Tap(graph, at: tensors)
  }

  /// What the user called it.
  var name: String { model.name }

  var classNames: [String] { model.classNames }

  var geometry: InputGeometry { model.geometry }

  /// Makes the network's input.
  var preparer: any FramePreparer { preparation.preparer }

  /// Whether the tensors are those that cross at the split.
  var isFrontier: Bool { tensors == nil }

  /// Compiles what computes the tensors at an input size.
  ///
  /// - Throws: as `tensors(of:)`.
  func compile(at size: PixelSize) throws { _ = try tap(at: size) }

  /// Names, labels and shapes of the tensors at an input size, in their order.
  ///
  /// - Parameter size: width and height of the network's input.
  /// - Returns: as they were asked for.
  /// - Throws: as `tensors(of:)`.
  func tensors(at size: PixelSize) throws -> [CrossingTensor] { try tap(at: size).tensors }

  /// Computes the tensors of a frame; what computes them is compiled on first use of a size.
  ///
  /// - Parameter input: the frame made ready for the network.
  /// - Returns: the tensors, in their order, under the names of the graph.
  /// - Throws: `usage` for an unknown tensor, `badData` where the engine refuses the graph.
  func tensors(of input: PreparedInput) throws -> Frontier {
    try tap(at: input.letterbox.input).graph.frontier(of: input)
  }

  private func tap(at size: PixelSize) throws -> CompiledTap {
    try taps.withLock { try $0.value(of: size) { try compileTap(at: size) } }
  }

  private func compileTap(at size: PixelSize) throws -> CompiledTap {
    let tap = try Self.tap(model, tensors, split: splitModel.split, at: size)
    let graph = prependingByteInput(
      tap.graph, scale: model.geometry.byteScale, normalization: model.geometry.normalization)
    let names = tap.tensors.map(\.label).joined(separator: ", ")
    return (
      tap.tensors,
      try engine.compile(
        graph, name: "\(model.name) up to \(names)", precision: precision,
        threads: nil)
    )
  }

  /// - Throws: `usage` where the model is no detector.
  func detector() throws -> Detector {
    guard let kind = model.detector else {
      throw SplitpipeError(
        .usage,
        "--lowpass compares boxes, and \(model.name) is no detector splitpipe knows (YOLOv5, "
          + "YOLOX, YOLOv8); leave it out")
    }
    return Detector(kind: kind, classCount: model.classNames.count, settings: .evaluation)
  }
}
