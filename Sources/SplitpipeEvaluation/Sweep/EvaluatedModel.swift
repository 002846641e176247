import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel
import SplitpipeModelStore
import SplitpipeStages

/// A model with what a sweep needs of it: how pictures are prepared, how answers are read, and one
/// compiled model per split.
struct EvaluatedModel: Sendable {
  enum Task: Sendable {
    case detection(Detector)
    case classification(classCount: Int)
  }

  let model: Model
  let task: Task
  let preparer: any FramePreparer
  /// How a picture becomes the network's input, in words.
  let preparation: String
  /// One per split of the request, in its order; the first also runs the model uncut.
  private(set) var splits: [SplitModel]
  let fingerprints: [CutFingerprint]
  /// Names of the tensors that cross at each split, and of the one that it names.
  let crossing: [(all: [String], named: String)]
  private let precision: Precision

  /// Cuts a model at every split, without compiling anything.
  ///
  /// - Parameters:
  ///   - request: what the user asks.
  ///   - engine: what compiles the model.
  /// - Throws: what reading and cutting the model throw, `badData` for a model that neither detects
  ///   nor classifies.
  init(_ request: EvaluationRequest, engine: (() throws -> any InferenceEngine)) throws {
    var model = try loadModel(path: try resolveModel(request.model))
    if let kind = model.detector {
      task = .detection(
        Detector(kind: kind, classCount: model.classNames.count, settings: .evaluation))
      preparer = Letterboxer(geometry: model.geometry)
      preparation = Self.letterbox(model.geometry)
    } else {
      let crop = try request.classifierInput.crop(of: model)
      model.geometry = try request.classifierInput.geometry(crop: crop)
      task = .classification(classCount: try Self.classCount(of: model, at: crop))
      let shorterSide =
        request.classifierInput.resize
        ?? Int((Double(max(crop.width, crop.height)) * 256 / 224).rounded())
      preparer = CentreCropper(
        shorterSide: shorterSide, crop: crop, order: model.geometry.channelOrder)
      preparation = request.classifierInput.sentence(shorterSide: shorterSide, crop: crop)
    }
    let probe = Self.probe(model.geometry)
    crossing = try request.splits.map { [model] split in
      let cut = try cut(model.graph(probe), at: split)
      return (cut.frontier.map(\.label), cut.frontier[cut.namedIndex].label)
    }
    self.model = model
    fingerprints = request.splits.map { [model] split in
      CutFingerprint(model: model.contentHash, split: split)
    }
    precision = request.precision
    let runtime = try engine()
    splits = Self.splits(
      request.splits, of: model, engine: runtime, precision: request.precision, threads: nil,
      // A coder may cut the edge of a frame, and with it the network's input.
      sizes: 2)
  }

  /// The same with compiled networks of its own, whose inferences take no turns with this one's.
  ///
  /// - Parameter threads: of one inference.
  /// - Returns: the copy.
  /// - Throws: `unavailable` without the runtime.
  func separate(threads: Int) throws -> EvaluatedModel {
    var other = self
    other.splits = Self.splits(
      splits.map(\.split), of: model, engine: try OpenVINOEngine(), precision: precision,
      threads: threads, sizes: 1)
    return other
  }

  private static func splits(
    _ names: [String], of model: Model, engine: any InferenceEngine, precision: Precision,
    threads: Int?, sizes: Int
  ) -> [SplitModel] {
    var settings = SplitModel.Settings()
    settings.precision = precision
    settings.threads = threads
    settings.maximumSizes = sizes
    return names.map { SplitModel(model: model, split: $0, engine: engine, settings: settings) }
  }

  var engineDescription: String { splits[0].engineDescription }

  /// What the classes are called; empty where the model does not say.
  var classNames: [String] { model.classNames }

  /// How many classes the model tells apart.
  var classCount: Int {
    switch task {
    case .detection(let detector): detector.classCount
    case .classification(let count): count
    }
  }

  static func letterbox(_ geometry: InputGeometry) -> String {
    let order = geometry.channelOrder == .rgb ? "RGB" : "BGR"
    return switch geometry.size {
    case .rectangular(let longest, let stride):
      "longest side \(longest), padded to multiples of \(stride), \(order)"
    case .fixed(let size): "letterbox of \(size), \(order)"
    }
  }

  static func probe(_ geometry: InputGeometry) -> PixelSize {
    switch geometry.size {
    case .fixed(let size): size
    case .rectangular(let longest, _): PixelSize(width: longest, height: longest)
    }
  }

  /// - Throws: `badData` unless the model's output is 1×classes, for each picture one score a class.
  private static func classCount(of model: Model, at size: PixelSize) throws -> Int {
    let graph = try model.graph(size)
    let output = graph.outputs.first ?? ""
    let shape = try graph.inferringShapes().types[output]?.shape
    let extents = (shape?.dimensions ?? []).drop { $0 == 1 }
    guard let count = extents.first, count > 1, extents.dropFirst().allSatisfy({ $0 == 1 }),
      graph.outputs.count == 1
    else {
      throw SplitpipeError(
        .badData,
        "the output of \(model.name) is \(shape?.description ?? "of unknown shape"): neither a "
          + "detector splitpipe knows (YOLOv5, YOLOX, YOLOv8) nor a classifier (1×classes)")
    }
    return count
  }
}

extension ClassifierInput {
  func sentence(shorterSide: Int, crop: PixelSize) -> String {
    let list = { (values: [Double]) in values.map { "\($0)" }.joined(separator: ",") }
    return
      "shorter side \(shorterSide), middle \(crop), \(channelOrder == .rgb ? "RGB" : "BGR") of "
      + "0…\(range == 1 ? "1" : "255"), mean \(list(mean)), std \(list(deviation))"
  }

  /// The size of the network's input.
  func crop(of model: Model) throws -> PixelSize {
    guard case .fixed(let fixed) = model.geometry.size else {
      let side = crop ?? 224
      return PixelSize(width: side, height: side)
    }
    if let crop, fixed != PixelSize(width: crop, height: crop) {
      throw SplitpipeError(
        .usage, "--crop is \(crop), but the model \(model.name) takes pictures of \(fixed) only")
    }
    return fixed
  }

  func geometry(crop: PixelSize) throws -> InputGeometry {
    guard mean.count == 3, deviation.count == 3, mean.allSatisfy(\.isFinite),
      deviation.allSatisfy({ $0.isFinite && $0 > 0 })
    else {
      throw SplitpipeError(
        .usage, "--mean and --std each take three numbers separated by commas, --std greater than 0"
      )
    }
    func triple(_ values: [Double]) -> SIMD3<Float> {
      SIMD3(Float(values[0]), Float(values[1]), Float(values[2]))
    }
    return InputGeometry(
      size: .fixed(crop), placement: .centred, channelOrder: channelOrder,
      byteScale: Float(range / 255),
      normalization: PixelNormalization(mean: triple(mean), deviation: triple(deviation)))
  }
}
