import SplitpipeCodec
import SplitpipeCore
import SplitpipeMedia
import SplitpipeReport

/// Finds the pictures on which a row's answers differ most from those of the unsplit model.
struct WorstPictureFinder {
  let plan: SweepPlan
  let results: SweepResults
  /// Pictures that every unit has a result of.
  let numbers: [Int]

  private static let shownPictures = 10

  /// The pictures of a row, for a report; nil where none differs.
  ///
  /// - Throws: `badData` where the state file was changed meanwhile.
  func worst(_ row: EvaluationSummary.Row) throws -> WorstPictureList? {
    guard let unsplit = results.units.firstIndex(where: { $0.kind == .unsplit }),
      let split = results.units.firstIndex(where: { unit in
        guard case .split(let setting) = unit.kind else { return false }
        return plan.request.splits[setting.split] == row.split && setting.depth.bits == row.bits
          && setting.quantizer.description == row.quantizer
      })
    else { return nil }
    switch plan.model.task {
    case .detection:
      let pairs = try pairs(unsplit, split, title: row.setting)
      return pairs.isEmpty ? nil : .boxes(pairs)
    case .classification:
      let pictures = try answers(unsplit, split, title: row.setting)
      return pictures.isEmpty ? nil : .classes(pictures)
    }
  }

  private func pairs(_ unsplit: Int, _ split: Int, title: String) throws -> [PicturePair] {
    var worst = Worst<PictureDifference>(count: Self.shownPictures)
    for number in numbers.sorted() {
      guard case .boxes(let before) = try answer(unsplit, number),
        case .boxes(let after) = try answer(split, number)
      else { continue }
      worst.add(PictureDifference(number: number, unsplit: before, split: after))
    }
    let frames = try frames(Set(worst.differences.map(\.number)))
    return try worst.differences.compactMap { difference in
      guard let frame = frames[difference.number] else { return nil }
      func picture(_ unit: Int) throws -> [UInt8] {
        guard case .boxes(let boxes) = try answer(unit, difference.number) else { return [] }
        return try annotatedJPEG(
          frame, detections: boxes.filter { $0.confidence >= PictureDifference.confidence },
          classNames: plan.model.classNames, longestSide: 560)
      }
      return PicturePair(
        caption: "\(frame.fileName ?? "frame \(difference.number)"): of \(difference.before) "
          + "\(difference.before == 1 ? "box" : "boxes") \(difference.kept) kept, "
          + "\(difference.lost) lost; \(difference.added) new",
        left: try picture(unsplit), leftTitle: "unsplit", right: try picture(split),
        rightTitle: title)
    }
  }

  private func answers(_ unsplit: Int, _ split: Int, title: String) throws -> [CaptionedPicture] {
    var worst = Worst<AnswerDifference>(count: Self.shownPictures)
    let labels = plan.dataset.classLabels
    for number in numbers.sorted() {
      guard case .classes(let before) = try answer(unsplit, number),
        case .classes(let after) = try answer(split, number), let label = labels[number]
      else { continue }
      worst.add(AnswerDifference(number: number, label: label, unsplit: before, split: after))
    }
    let frames = try frames(Set(worst.differences.map(\.number)))
    return try worst.differences.compactMap { difference in
      guard let frame = frames[difference.number] else { return nil }
      func sentence(_ answer: ClassAnswer) -> String {
        "\(className(answer.best)), \(percent(answer.confidence))"
          + (answer.isRight ? " (right)" : "")
      }
      return CaptionedPicture(
        title: frame.fileName ?? "picture \(difference.number)",
        picture: try annotatedJPEG(frame, detections: [], classNames: [], longestSide: 320),
        lines: [
          ("true class", className(difference.label)), ("unsplit", sentence(difference.unsplit)),
          (title, sentence(difference.split)),
          (
            "true class's share",
            "\(percent(difference.unsplit.trueConfidence)) → "
              + percent(difference.split.trueConfidence)
          ),
        ])
    }
  }

  private func className(_ index: Int) -> String { plan.model.className(index) }

  private func percent(_ share: Float) -> String { "\(Int((share * 100).rounded())) %" }

  private func answer(_ unit: Int, _ number: Int) throws -> UnitResult.Answer? {
    try results.result(unit: unit, image: number)?.answer
  }

  /// Decodes pictures again; those that cannot be are left out.
  private func frames(_ numbers: Set<Int>) throws -> [Int: Frame] {
    var frames: [Int: Frame] = [:]
    switch plan.dataset.pictures {
    case .images(let images):
      for image in images where numbers.contains(image.number) {
        frames[image.number] = try? image.read()
      }
    case .video(let path):
      let source = try openFrameSource(path)
      while frames.count < numbers.count, let frame = try source.next() {
        if numbers.contains(frame.stamp.index) { frames[frame.stamp.index] = frame }
      }
    }
    return frames
  }
}
