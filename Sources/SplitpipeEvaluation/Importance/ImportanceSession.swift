import SplitpipeCore
import SplitpipeDetection
import SplitpipeFiles
import SplitpipeMedia
import SplitpipeModel
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
    let outputs = [request.summary, request.report].compactMap { $0 }
    try checkOutputs(
      outputs + [request.statePath].compactMap { $0 },
      inputs: [request.dataset, request.truth, request.model].compactMap { $0 })
    for path in outputs { try OutputFile(path).cancel() }
    reportFile = try request.report.map { try ReportFile($0) }
    let model = try ImportanceModel(request)
    self.model = model
    var asked = EvaluationRequest(dataset: request.dataset, model: request.model)
    asked.images = request.images
    asked.truth = request.truth
    asked.labels = request.labels
    asked.limit = request.limit
    let names = model.model.classNames
    dataset =
      model.detector != nil
      ? try .detection(asked, classNames: names)
      : try .classes(asked, classNames: names, classCount: model.classCount)
    guard case .images(let images) = dataset.pictures else {
      throw SplitpipeError(
        .usage,
        "\"\(request.dataset)\" is a video; give pictures, such as some of its frames in a folder")
    }
    self.images = Array(images.prefix(request.limit ?? .max))
    target = try Self.target(request, model, dataset)
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
        "--target truth needs labels, and \"\(request.dataset)\" has none; use --target kept")
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
      guard state.known[image.number] == nil else { continue }
      do {
        let frame = try readImage(path: image.path, number: image.number)
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
        let picture = try readImage(path: image.path, number: image.number).picture
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
    var sum: [ImportanceValue]?
    for seed in try seeds(input, frame, image) {
      let values = try model.values(of: input, seed).values
      if let classIndex = seed.classIndex { result.classes[classIndex] = try numbers(values) }
      if var total = sum {
        for index in total.indices { total[index] += values[index] }
        sum = total
      } else {
        sum = values
      }
    }
    if let sum { result.values = try numbers(sum) }
    return result
  }

  /// The importance of every tensor.
  private func numbers(_ values: [ImportanceValue]) throws -> [Double] {
    var numbers = values.map { $0.importance(request.method, request.definition) }
    if request.definition == .cumulative {
      for index in numbers.indices.reversed().dropFirst() { numbers[index] += numbers[index + 1] }
    }
    if let place = numbers.firstIndex(where: { !$0.isFinite }) {
      throw SplitpipeError(
        .badData,
        "the gradient at \"\(model.tensors[place].label)\" of \(model.model.name) is no finite number"
      )
    }
    return numbers
  }

  /// The numbers to differentiate, one for each class that the picture shows.
  private func seeds(
    _ input: PreparedInput, _ frame: Frame, _ image: Dataset.Image
  ) throws -> [ImportanceProbe.Seed] {
    guard let detector = model.detector else {
      guard let chosen = try chosenClass(input, image), classes?.contains(chosen) ?? true else {
        return []
      }
      return [ImportanceProbe.Seed(classIndex: image.classIndex ?? chosen, slopes: [(chosen, 1)])]
    }
    let output = try model.output(of: input)
    var found = try detector.candidates(
      in: output, letterbox: input.letterbox, confidence: detector.settings.confidence
    ).objects(detector.settings)
    if target == .truth {
      let size = PixelSize(width: frame.picture.width, height: frame.picture.height)
      let truths =
        try dataset.objects(image.number, fileName: frame.fileName, size: size) ?? []
      found = found.filter { object in truths.contains { $0.isHit(by: object.detection) } }
    }
    var seeds: [Int: ImportanceProbe.Seed] = [:]
    for object in found {
      let classIndex = object.detection.classIndex
      guard classes?.contains(classIndex) ?? true else { continue }
      seeds[classIndex, default: ImportanceProbe.Seed(classIndex: classIndex, slopes: [])]
        .slopes += object.slopes
    }
    return seeds.values.sorted { ($0.classIndex ?? 0) < ($1.classIndex ?? 0) }
  }

  /// The class whose score is differentiated.
  private func chosenClass(_ input: PreparedInput, _ image: Dataset.Image) throws -> Int? {
    guard target == .prediction else { return image.classIndex }
    let scores = try model.output(of: input).values
    return scores.indices.max { scores[$0] < scores[$1] }
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
          ? "no picture of \"\(request.dataset)\" could be used"
          : "nothing to differentiate in the \(counted(pictures.count, "picture")) of "
            + "\"\(request.dataset)\": \(what)")
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
      tensors: tensors, candidates: ImportanceSummary.Candidates(tensors), notes: dataset.notes)
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
      try reportFile.write(ImportanceReport(summary: summary, command: command).page)
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
