import SplitpipeCore

/// What comes of scoring a results file.
package struct COCOScore: Hashable, Sendable {
  /// The twelve numbers of COCOeval.
  package let statistics: COCOStatistics
  /// A row per category, by id.
  package let categories: [COCOCategoryScore]
  /// Sentences for the user on what was left out.
  package let notes: [String]
}

/// One class of a COCO results file's score.
package struct COCOCategoryScore: Hashable, Sendable {
  package let id: COCOID
  package let name: String
  /// Average precision over the ten overlaps; nil for a category without objects.
  package let ap: Double?
}

/// Scores a COCO results file against COCO labels exactly as pycocotools does.
///
/// Results of categories that the labels do not list are left out, as there.
///
/// - Parameters:
///   - truthPath: a COCO `instances.json`.
///   - detectionsPath: a list of `{"image_id", "category_id", "bbox", "score"}`, or what
///     `splitpipe run --detections` writes.
///   - images: ids of the images to score; nil for all of the labels.
///   - firstFrame: what the labels of a video call its first frame, 0 or 1; nil finds it out. Only
///     `run --detections` goes by frames.
/// - Returns: the twelve numbers of COCOeval, and more.
/// - Throws: `badData` naming the file and what is wrong in it; `usage` for an image id that the
///   labels do not have; `missingInput` for a file that is not there.
package func scoreCOCO(
  truthPath: String, detectionsPath: String, images: [COCOID]?, firstFrame: Int? = nil
) throws -> COCOScore {
  let truth = try COCODocument(path: truthPath)
  var (results, notes) = try readResults(
    detectionsPath, truth: truth, truthPath: truthPath, firstFrame: firstFrame)
  try truth.checkAnnotationIDs(truthPath)

  let known = Set(truth.images.map(\.id))
  if let index = results.entries.firstIndex(where: { !known.contains($0.imageID) }) {
    throw SplitpipeError.unknownResultImage(
      results.entries[index].imageID, result: index, detectionsPath, truthPath)
  }
  if let stranger = images?.first(where: { !known.contains($0) }) {
    throw SplitpipeError.unknownImage(stranger, truthPath)
  }
  let categories = Dictionary(truth.categories.map { ($0.id, $0.name) }) { $1 }
    .sorted { $0.key < $1.key }
  let classes = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1.key, $0) })
  let chosen = images.map(Set.init) ?? known

  notes += truth.notes(on: results, classes: Set(classes.keys), truthPath, detectionsPath)

  var boxes: [COCOID: [ScoredBox]] = [:]
  for entry in results.entries where chosen.contains(entry.imageID) {
    guard let classIndex = classes[entry.categoryID] else { continue }
    let box = entry.box
    boxes[entry.imageID, default: []].append(
      ScoredBox(
        classIndex: classIndex, x: box.x, y: box.y, width: box.width, height: box.height,
        score: entry.score))
  }
  var objects: [COCOID: [TruthObject]] = [:]
  for annotation in truth.annotations where chosen.contains(annotation.imageID) {
    guard let classIndex = classes[annotation.categoryID] else { continue }
    var object = TruthObject(annotation, classIndex: classIndex)
    object.countsAsMatch = annotation.id?.number != 0
    objects[annotation.imageID, default: []].append(object)
  }
  var scorer = COCOScorer(classCount: categories.count)
  // The order of the images decides between equal scores.
  for (place, image) in chosen.sorted().enumerated() {
    scorer.add(image: place, boxes: boxes[image] ?? [], truths: objects[image] ?? [])
  }
  let result = scorer.result()
  return COCOScore(
    statistics: result.statistics,
    categories: zip(categories, result.perClass).map {
      COCOCategoryScore(id: $0.key, name: $0.value, ap: $1)
    }, notes: notes)
}

/// Reads results of either form.
private func readResults(
  _ path: String, truth: COCODocument, truthPath: String, firstFrame: Int?
) throws -> (COCOResults, notes: [String]) {
  var lines: DetectionLines?
  let results = try LabelFile.json(path, as: "COCO results") { bytes in
    guard DetectionLines.isOne(bytes) else { return try COCOResults(bytes) }
    lines = try DetectionLines(bytes)
    return COCOResults(entries: [])
  }
  guard let lines else { return (results, []) }
  return try lines.results(for: truth, path: truthPath, name: path, firstFrame: firstFrame)
}

extension TruthObject {
  init(_ annotation: COCODocument.Annotation, classIndex: Int) {
    let box = annotation.box
    self.init(
      classIndex: classIndex, x: box.x, y: box.y, width: box.width, height: box.height,
      area: annotation.area, isCrowd: annotation.isCrowd)
  }
}

extension COCODocument {
  /// What COCOeval passes over in silence, and we do not.
  fileprivate func notes(
    on results: COCOResults, classes: Set<COCOID>, _ truth: String, _ detections: String
  ) -> [String] {
    var notes: [String] = []
    let strangers = results.entries.filter { !classes.contains($0.categoryID) }
    if !strangers.isEmpty {
      let ids = Set(strangers.map(\.categoryID)).sorted().prefix(5).map { "\($0)" }
      notes.append(
        "\"\(detections)\": \(strangers.count) of \(results.entries.count) results are of categories "
          + "that \"\(truth)\" does not list (\(ids.joined(separator: ", "))) and count for nothing; "
          + "see that both number categories alike")
    }
    if annotations.contains(where: { $0.id?.number == 0 }) {
      notes.append(
        "\"\(truth)\": the annotation with id 0 counts as never found, as in COCOeval; number "
          + "annotations from 1 for a score that counts it")
    }
    return notes
  }

  /// COCOeval finds annotations by id, so ids that are there must differ.
  fileprivate func checkAnnotationIDs(_ path: String) throws {
    var seen = Set<COCOID>(minimumCapacity: annotations.count)
    for case let id? in annotations.map(\.id) where !seen.insert(id).inserted {
      throw SplitpipeError(
        .badData,
        "cannot score against \"\(path)\": two annotations have the id \(id); number them apart")
    }
  }
}

extension SplitpipeError {
  fileprivate static func unknownResultImage(
    _ image: COCOID, result: Int, _ detections: String, _ truth: String
  ) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "cannot score \"\(detections)\": result \(result) (counted from 0) is for image \(image), "
        + "which \"\(truth)\" does not list; give the labels these results were made for")
  }

  fileprivate static func unknownImage(_ image: COCOID, _ truth: String) -> SplitpipeError {
    SplitpipeError(
      .usage, "cannot score image \(image): \"\(truth)\" lists no image of this id")
  }
}
