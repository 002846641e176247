import SplitpipeCore
import SplitpipeDetection
import SplitpipeFiles
import SplitpipeMedia
import SplitpipeModel
import SplitpipeModelStore
package import SplitpipePipeline
import SplitpipeReport
import SplitpipeStages

/// An importance curve whose inputs have been opened and checked and whose outputs can be written.
package final class ImportanceSession {
  /// What happens while it runs.
  package enum Progress {
    /// So many pictures are looked at, then their importance is told.
    case looking(total: Int), telling(total: Int)
    case advanced
    case skipped(SkippedImage)
  }

  private let request: ImportanceRequest
  private var model: ImportanceModel
  private let dataset: Dataset
  private let images: [Dataset.Image]
  private let target: ImportanceTarget
  /// Classes that count; nil for all.
  private let classes: Set<Int>?
  private let state: ImportanceState
  /// nil where no report was asked for.
  private let reportFile: ReportFile?
  private var skipped: [SkippedImage] = []
  /// nil where nobody asked for it.
  private var relevance: RelevanceProbe?
  /// Some pictures of the report.
  private var maps: [ImportanceMaps] = []

  /// Pictures that a report shows maps over.
  private static let mostMaps = 4

  /// Opens everything; the cheapest checks come first.
  ///
  /// - Parameter request: what the user asks.
  /// - Throws: the first thing that stands in the way.
  package init(_ request: ImportanceRequest) throws {
    self.request = request
    if request.resume, request.statePath == nil {
      throw SplitpipeError(
        .usage,
        "--resume goes on with the state that lies beside the summary: give the --summary (or "
          + "--report) of the interrupted run")
    }
    if request.relevance != nil {
      guard !request.splits.isEmpty else {
        throw SplitpipeError(
          .usage, "--relevance looks at every coefficient of some tensors: name them with --split")
      }
      guard !request.resume else {
        throw SplitpipeError(
          .usage, "--relevance is of one run; leave out --resume, or --relevance")
      }
    }
    let outputs = [request.summary, request.report].compactMap { $0 }
    try checkOutputs(
      outputs + [request.statePath].compactMap { $0 },
      inputs: [request.data.path, request.data.truth, request.model].compactMap { $0 })
    for path in outputs { try OutputFile(path).cancel() }
    reportFile = try request.report.map { try ReportFile($0) }
    let model = try ImportanceModel(
      loadModel(path: resolveModel(request.model)), request.input, splits: request.splits)
    self.model = model
    let names = model.model.classNames
    dataset =
      model.detector != nil
      ? try .detection(request.data, classNames: names)
      : try .classes(request.data, classNames: names, classCount: model.classCount)
    guard case .images(let images) = dataset.pictures else {
      throw SplitpipeError(
        .usage,
        "\"\(request.data.path)\" is a video; give pictures, such as some of its frames in a folder"
      )
    }
    self.images = Array(images.prefix(request.limit ?? .max))
    target = try Self.target(request, model, dataset)
    relevance = request.relevance.map {
      RelevanceProbe(
        model.model, at: model.tensors.map(\.label), request.method, share: $0,
        engine: model.engine)
    }
    classes = request.classes.isEmpty ? nil : try model.classIndices(request.classes)
    state = try ImportanceState(
      path: request.statePath,
      identity: [
        "dataset": dataset.fingerprint, "model": "\(model.model.contentHash.value)",
        "input": model.preparation.description, "target": target.rawValue,
        "method": "\(request.method.rawValue) \(request.definition.rawValue)",
        "tensors": model.tensors.map(\.name).joined(separator: " "),
        "classes": request.classes.sorted().joined(separator: ","),
      ], resume: request.resume)
  }

  private static func target(
    _ request: ImportanceRequest, _ model: ImportanceModel, _ dataset: Dataset
  ) throws -> ImportanceTarget {
    let isDetector = model.detector != nil
    let usual: ImportanceTarget = isDetector ? .kept : .label
    let target = request.target ?? usual
    let fitting: [ImportanceTarget] = isDetector ? [.kept, .truth] : [.label, .prediction]
    guard fitting.contains(target) else {
      throw SplitpipeError(
        .usage,
        "--target \(target.rawValue) is not for a \(isDetector ? "detector" : "classifier"); choose "
          + fitting.map(\.rawValue).joined(separator: " or "))
    }
    guard target != .truth || dataset.truth != nil else {
      throw SplitpipeError(
        .usage,
        "--target truth needs labels, and \"\(request.data.path)\" has none; use --target kept")
    }
    return target
  }

  /// Tells the importance of every picture that has no result yet.
  ///
  /// - Parameters:
  ///   - stop: ends it after the picture in work.
  ///   - progress: gets what happens.
  /// - Returns: the curve over the pictures done.
  /// - Throws: what the network throws, `cannotWrite`, `badData` where no picture could be used.
  package func run(
    stop: StopSignal, progress: (Progress) -> Void
  ) throws -> ImportanceSummary {
    for image in try sortedBySize(stop: stop, progress) {
      if stop.isStopped { break }
      defer { progress(.advanced) }
      guard state.known[image.number] == nil || wantsMaps else { continue }
      do {
        let frame = try image.read()
        try state.add(try importance(of: frame, image))
      } catch let error as SplitpipeError where error.kind == .missingInput {
        skip(image, error, progress)
      }
    }
    return try summary(isStopped: stop.isStopped)
  }

  /// Compiled graphs are for one size: pictures of a size come together.
  private func sortedBySize(
    stop: StopSignal, _ progress: (Progress) -> Void
  ) throws -> [Dataset.Image] {
    progress(.looking(total: images.count))
    var known: [(image: Dataset.Image, size: PixelSize)] = []
    for image in images where !stop.isStopped {
      defer { progress(.advanced) }
      do {
        let picture = try image.read().picture
        let size = PixelSize(width: picture.width, height: picture.height)
        known.append((image, Letterbox(frame: size, geometry: model.model.geometry).input))
      } catch let error as SplitpipeError { skip(image, error, progress) }
    }
    progress(.telling(total: known.count))
    return known.sorted {
      ($0.size.width, $0.size.height, $0.image.number)
        < ($1.size.width, $1.size.height, $1.image.number)
    }.map(\.image)
  }

  private func skip(
    _ image: Dataset.Image, _ error: SplitpipeError, _ progress: (Progress) -> Void
  ) {
    let skipped = SkippedImage(file: image.path, reason: error.message)
    self.skipped.append(skipped)
    progress(.skipped(skipped))
  }

  // MARK: - One picture

  private func importance(
    of frame: Frame, _ image: Dataset.Image
  ) throws -> PictureImportance {
    let input = try model.preparation.preparer.prepare(frame)
    var result = PictureImportance(image: image.number)
    let seeds = try seeds(input, frame, image)
    let values = try model.values(of: input, seeds)
    for (seed, values) in zip(seeds, values) {
      if let classIndex = seed.classIndex { result.classes[classIndex] = numbers(values) }
    }
    if let sum = ImportanceValue.sum(values) {
      result.values = numbers(sum)
      if wantsMaps {
        maps.append(ImportanceMaps(frame: frame, letterbox: input.letterbox, values: sum))
      }
      try relevance?.add(input, seeds)
    }
    return result
  }

  /// Whether the report lacks pictures.
  private var wantsMaps: Bool { reportFile != nil && maps.count < Self.mostMaps }

  /// The importance of every tensor.
  private func numbers(_ values: [ImportanceValue]) -> [Double] {
    var numbers = values.map { $0.importance(request.method, request.definition) }
    if request.definition == .cumulative {
      for index in numbers.indices.reversed().dropFirst() { numbers[index] += numbers[index + 1] }
    }
    return numbers
  }

  /// The numbers to differentiate, one for each class that the picture shows.
  private func seeds(
    _ input: PreparedInput, _ frame: Frame, _ image: Dataset.Image
  ) throws -> [ImportanceProbe.Seed] {
    func isCounted(_ classIndex: Int) -> Bool { classes?.contains(classIndex) ?? true }
    guard let detector = model.detector else {
      let chosen =
        target == .prediction ? try model.prediction(input) : image.classIndex
      guard let chosen, isCounted(chosen) else { return [] }
      return [ImportanceProbe.Seed(classIndex: image.classIndex ?? chosen, slopes: [(chosen, 1)])]
    }
    var truths: [TruthObject]?
    if target == .truth {
      let size = PixelSize(width: frame.picture.width, height: frame.picture.height)
      truths = try dataset.objects(image.number, fileName: frame.fileName, size: size) ?? []
    }
    return try model.seeds(detector, input) { found in
      isCounted(found.classIndex) && truths?.contains { $0.isHit(by: found) } ?? true
    }
  }

  // MARK: - The curve

  private func summary(isStopped: Bool) throws -> ImportanceSummary {
    var tally = ImportanceTally(tensors: model.tensors.count)
    let pictures = state.known.values.sorted { $0.image < $1.image }
    for picture in pictures where !picture.values.isEmpty { tally.add(picture) }
    let used = pictures.count { !$0.values.isEmpty }
    guard used > 0 || isStopped else {
      let what =
        model.detector == nil
        ? "no picture shows a class that counts"
        : "no box of a class that counts has a confidence above "
          + "\(DetectionSettings.importance.confidence)"
      throw SplitpipeError(
        .badData,
        pictures.isEmpty
          ? "no picture of \"\(request.data.path)\" could be used"
          : "nothing to differentiate in the \(counted(pictures.count, "picture")) of "
            + "\"\(request.data.path)\": \(what)")
    }
    let names = model.model.classNames
    func name(_ index: Int) -> String {
      names.indices.contains(index) ? names[index] : "class \(index)"
    }
    let tensors = model.tensors.enumerated().map { index, tensor in
      ImportanceSummary.Tensor(
        name: tensor.name, module: tensor.module,
        shape: tensor.shape.dimensions, mean: tally.all[index].mean,
        standardDeviation: tally.all[index].deviation,
        perClass: Dictionary(
          uniqueKeysWithValues: tally.classes.map { (name($0.key), $0.value[index].mean) }))
    }
    return ImportanceSummary(
      dataset: dataset.name, model: model.model.name, method: request.method.rawValue,
      definition: request.definition.rawValue, target: target.rawValue, images: used,
      empty: pictures.count - used, total: images.count,
      complete: pictures.count + skipped.count == images.count, skipped: skipped,
      tensors: tensors, candidates: ImportanceSummary.Candidates(tensors),
      relevance: relevance.map { probe in
        zip(probe.tallies, model.tensors).map {
          RelevanceSummary($0, tensor: $1.label, share: request.relevance ?? 0)
        }
      }, notes: dataset.notes)
  }

  /// Writes the summary and the report, and gives up the state of a run that is complete.
  ///
  /// - Parameters:
  ///   - summary: the curve.
  ///   - command: what was typed, for the report.
  /// - Throws: `cannotWrite`.
  package func finish(_ summary: ImportanceSummary, command: String) throws {
    if let path = request.summary { try writeJSON(summary, to: path) }
    if summary.images > 0, let reportFile {
      try reportFile.write(
        ImportanceReport(
          summary: summary, command: command,
          maps: maps.map { try $0.picture(shapes: model.tensors.map(\.shape)) }
        ).page)
    }
    if summary.complete { state.remove() }
  }
}

extension TruthObject {
  /// Whether a box lies on this object: of its class, overlapping by a half.
  fileprivate func isHit(by detection: Detection) -> Bool {
    classIndex == detection.classIndex && overlap(box, detection.box) >= 0.5
  }
}
