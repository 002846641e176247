import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel

/// Sends each frame every way there is, and holds what comes of it against the reference.
struct NetworkContest {
  private(set) var ways: [NetworkWay] = []
  private let whole: SplitModel
  private let preparer: any FramePreparer
  private let detector: Detector
  private let truth: Truth?
  private var pictures: [any FrameRoundTrip] = []
  private var cuts: [CutWay] = []

  /// A split with both its ends.
  private struct CutWay {
    let model: SplitModel
    var quantize: QuantizeStep
    var encode: EncodeStep
    var restore: RestoreStep
  }

  /// - Parameters:
  ///   - request: what is compared.
  ///   - source: the frames.
  ///   - note: takes sentences for the user.
  /// - Throws: what loading model and labels throw.
  init(
    _ request: NetworkBenchmarkRequest, _ source: SourceInformation, note: (String) -> Void
  ) throws {
    let model = try loadModel(path: request.model).fed(request.networkInput)
    let size = Letterbox(frame: source.shownSize, geometry: model.geometry).input
    let engine = try OpenVINOEngine()
    var settings = SplitModel.Settings()
    settings.precision = request.precision
    preparer = Letterboxer(geometry: model.geometry)
    let classCount = model.classNames.count
    var splits: [String] = []
    for name in request.splits {
      let split = try model.split(named: name, at: size)
      if let sentence = split.note { note(sentence) }
      splits.append(split.name)
    }
    let models = splits.map {
      SplitModel(model: model, split: $0, engine: engine, settings: settings)
    }
    whole = models[0]
    detector = try whole.detector(.evaluation)
    truth = try request.truth.map {
      var options = TruthOptions()
      if source.framesPerSecond != nil {
        options.video = TruthOptions.Video(name: source.name, frameCount: source.frameCount)
      }
      return try Truth(path: $0, classNames: model.classNames, options: options)
    }
    ways.append(NetworkWay("device", "", usesLink: false, classCount: classCount))
    for quality in request.jpegQualities {
      pictures.append(try JPEGRoundTrip(quality: quality))
      ways.append(NetworkWay("jpeg", "q \(quality)", classCount: classCount))
    }
    // H.264 leans on frames before, so pictures of different scenes are no matter for it.
    for factor in source.framesPerSecond == nil ? [] : request.h264Factors {
      pictures.append(
        try H264RoundTrip(quality: factor, framesPerSecond: source.framesPerSecond))
      ways.append(NetworkWay("h264", "crf \(factor)", classCount: classCount))
    }
    for model in models {
      cuts.append(
        CutWay(
          model: model, quantize: try QuantizeStep(request.coding),
          encode: EncodeStep(request.coding.codec, fingerprint: model.fingerprint),
          restore: RestoreStep(model)))
      ways.append(
        NetworkWay(
          "split", "\(model.split), \(request.coding.codec)", classCount: classCount))
    }
    for model in models {
      _ = try model.compiled(.head, at: size)
      _ = try model.compiled(.tail, at: size)
    }
    _ = try whole.compiled(.unsplit, at: size)
  }

  /// Sends one frame every way.
  ///
  /// - Parameter frame: the next of the source.
  /// - Throws: what coding and running throw.
  mutating func measure(_ frame: Frame) throws {
    var meter = LapMeter()
    let input = try preparer.prepare(frame)
    let unsplit = try detector.detect(whole.runUnsplit(input), letterbox: input.letterbox)
    let device = meter.lap()
    let truths = try objects(frame, unsplit)
    ways[0].add(
      NetworkWay.Sample(edge: device.seconds, edgeCPU: device.processor),
      frame: frame.stamp.index, detections: unsplit, truths: truths)
    for place in pictures.indices { try send(frame, asPicture: place, truths) }
    for place in cuts.indices { try send(frame, overCut: place, truths) }
  }

  private func objects(_ frame: Frame, _ unsplit: [Detection]) throws -> [TruthObject] {
    guard let truth else { return TruthObject.unsplit(unsplit) }
    return try truth.objects(
      forFrame: frame.stamp.index, fileName: frame.fileName,
      size: PixelSize(width: frame.picture.width, height: frame.picture.height)) ?? []
  }

  /// The device codes the picture, the server does all else.
  private mutating func send(
    _ frame: Frame, asPicture place: Int, _ truths: [TruthObject]
  ) throws {
    var sample = NetworkWay.Sample()
    var meter = LapMeter()
    let received = try pictures[place].send(frame) {
      (sample.edge, sample.edgeCPU) = meter.lap()
    }
    let input = try preparer.prepare(received)
    let found = try detector.detect(whole.runUnsplit(input), letterbox: input.letterbox)
    (sample.server, sample.serverCPU) = meter.lap()
    sample.bytes = received.sourceBytes
    ways[1 + place].add(sample, frame: frame.stamp.index, detections: found, truths: truths)
  }

  /// The device runs the head, the server the tail.
  private mutating func send(_ frame: Frame, overCut place: Int, _ truths: [TruthObject]) throws {
    var sample = NetworkWay.Sample()
    var meter = LapMeter()
    let input = try preparer.prepare(frame)
    let frontier = try cuts[place].model.runHead(input)
    let sizes = input.letterbox.sizes
    let quantized = try cuts[place].quantize.quantize(frontier, of: frame.stamp, sizes: sizes)
    let bytes = try cuts[place].encode.encode(
      quantized, frontier: frontier, of: frame.stamp, sizes: sizes
    ).serialized()
    (sample.edge, sample.edgeCPU) = meter.lap()
    guard case .frame(let arrived) = try cuts[place].restore.restore(bytes) else {
      throw SplitpipeError(.bug, "the packet of frame \(frame.stamp.index) was refused")
    }
    let output = try cuts[place].model.runTail(arrived.frontier, at: arrived.letterbox.input)
    let found = try detector.detect(output, letterbox: arrived.letterbox)
    (sample.server, sample.serverCPU) = meter.lap()
    sample.bytes = bytes.count
    ways[1 + pictures.count + place].add(
      sample, frame: frame.stamp.index, detections: found, truths: truths)
  }
}
