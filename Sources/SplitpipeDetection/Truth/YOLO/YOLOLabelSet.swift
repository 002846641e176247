import SplitpipeCore
import SplitpipeFiles

/// The lines of all label files of a dataset, and what their longer lines mean: polygons or keypoints.
///
/// A line that cannot be used costs that line, not the set; where more than half of them cannot, the
/// files are no labels.
struct YOLOLabelSet: Sendable {
  private struct Place {
    let file: Int
    let line: Int
  }

  /// Of each file.
  private(set) var labels: [[YOLOLabel]] = []
  /// Sentences for the user.
  private(set) var notes: [String] = []

  /// Reads label files.
  ///
  /// - Parameters:
  ///   - paths: the files.
  ///   - name: what sentences call them together.
  ///   - classes: which of the model's classes their numbers are.
  ///   - keypoints: of a label, where something says it.
  ///   - isStrict: whether a line that cannot be used is an error.
  /// - Throws: `badData` naming file and line where a class is none of the model's, where a line
  ///   cannot be used and `isStrict` is set, and where most cannot; `missingInput` where a file cannot
  ///   be read.
  init(
    _ paths: [String], name: String, classes: LabelClasses,
    keypoints: (count: Int, numbers: Int)?, isStrict: Bool
  ) throws {
    var lines: [(place: Place, line: YOLOLine)] = []
    var problems: [(place: Place, sentence: String)] = []
    for (file, path) in paths.enumerated() {
      let bytes = LabelText.withoutByteOrder(try readFile(path, limit: LabelFile.byteLimit))
      if let pointer = LFSPointer(bytes) { throw SplitpipeError.isPointer(path, pointer) }
      for (number, text) in LabelText.rawLines(bytes).enumerated() {
        let fields = text.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        if fields.isEmpty { continue }
        let place = Place(file: file, line: number + 1)
        do throws(YOLOLine.Problem) {
          lines.append((place, try YOLOLine(fields)))
        } catch {
          problems.append((place, error.sentence))
        }
      }
    }
    let total = lines.count + problems.count
    let meaning = try Meaning(lines.map(\.line), keypoints: keypoints, name: name)
    var counts = Counts()
    var found: [[YOLOLabel]] = paths.map { _ in [] }
    for (place, line) in lines {
      switch meaning.reading(line) {
      case .failure(let problem): problems.append((place, problem.sentence))
      case .success(let reading):
        switch classes.find(line.classNumber) {
        case .unknown:
          throw SplitpipeError(
            .badData,
            "cannot read the labels \"\(paths[place.file])\": line \(place.line) has the class "
              + "\(line.classNumber), but \(classes.valid)")
        case .leftOut: counts.leftOut += 1
        case .known(let index):
          found[place.file].append(YOLOLabel(classIndex: index, box: reading.box))
        }
        counts.clipped += reading.clipped > 0 ? 1 : 0
        counts.extra += reading.hasExtra && !meaning.hasKeypoints(line) ? 1 : 0
      }
    }
    problems.sort { ($0.place.file, $0.place.line) < ($1.place.file, $1.place.line) }
    if let first = problems.first {
      let sentence =
        "\"\(paths[first.place.file])\": line \(first.place.line) \(first.sentence)"
      guard !isStrict else {
        throw SplitpipeError(
          .badData, "cannot read the labels \(sentence); correct it, or leave out --strict")
      }
      guard problems.count * 2 <= total else {
        throw SplitpipeError(
          .badData,
          "cannot read the labels \(sentence)"
            + (problems.count > 1 ? " (and so with \(problems.count) of \(total) lines)" : ""))
      }
      notes.append(
        "\(problems.count) of \(total) lines of labels cannot be used and are left out; the first, "
          + "\(sentence); --strict refuses such labels")
    }
    notes += classes.notes + meaning.notes
    if counts.clipped > 0 {
      notes.append(
        "\"\(name)\": \(counts.clipped) labels reach over the border of their picture by up to "
          + "\(YOLOLine.tolerance) of its size and are clipped")
    }
    if counts.extra > 0 {
      notes.append(
        "\"\(name)\": \(counts.extra) labels have a confidence, which says nothing of the truth and is "
          + "ignored")
    }
    // The official loader drops labels that stand there twice; so do we, but say it.
    labels = found.map { all in
      var seen: Set<YOLOLabel> = []
      let unique = all.filter { seen.insert($0).inserted }
      counts.duplicates += all.count - unique.count
      return unique
    }
    if counts.duplicates > 0 {
      notes.append(
        "\"\(name)\": \(counts.duplicates) labels that stand there twice are counted once")
    }
  }

  private struct Counts {
    var leftOut = 0
    var clipped = 0
    var extra = 0
    var duplicates = 0
  }
}

extension YOLOLabelSet {
  /// What lines of more than a box mean, by all of them together.
  private struct Meaning {
    private enum Kind: Hashable {
      case outlines
      /// Lines of so many fields have keypoints after the box.
      case keypoints(fields: Int)
    }
    private let kind: Kind
    /// Whether lines of seven fields are boxes with the confidence and number of a track.
    private let hasTracks: Bool
    private(set) var notes: [String] = []

    init(_ lines: [YOLOLine], keypoints: (count: Int, numbers: Int)?, name: String) throws {
      let areTracks = lines.allSatisfy { $0.fieldCount != 7 || $0.fitsTrack }
      hasTracks = areTracks
      if let keypoints {
        kind = .keypoints(fields: 5 + keypoints.count * keypoints.numbers)
        return
      }
      let long = lines.filter { $0.fieldCount > 7 || $0.fieldCount == 7 && !areTracks }
      guard let fields = long.first?.fieldCount, long.allSatisfy({ $0.fieldCount == fields }) else {
        kind = .outlines
        return
      }
      if long.allSatisfy(\.fitsVisiblePoints.all), long.contains(where: \.fitsVisiblePoints.any) {
        kind = .keypoints(fields: fields)
        notes.append(
          "\"\(name)\": \(long.count) labels are read as boxes with \((fields - 5) / 3) keypoints")
        return
      }
      guard !long.allSatisfy(\.fitsPoints) else {
        throw SplitpipeError(
          .badData,
          "cannot tell whether the labels \"\(name)\", of \(fields) fields each, are outlines of "
            + "\(fields / 2) points or boxes with \((fields - 5) / 2) keypoints: put a data.yaml beside "
            + "them with kpt_shape: [\((fields - 5) / 2), 2] for keypoints, or kpt_shape: [0, 2]")
      }
      kind = .outlines
    }

    /// Whether numbers after the box are keypoints.
    func hasKeypoints(_ line: YOLOLine) -> Bool { kind == .keypoints(fields: line.fieldCount) }

    func reading(_ line: YOLOLine) -> Result<YOLOLine.Reading, YOLOLine.Problem> {
      if case .keypoints(let fields) = kind, (fields...fields + 1).contains(line.fieldCount) {
        return line.box
      }
      guard let outline = line.outline, !(line.fieldCount == 7 && hasTracks) else {
        return line.box
      }
      return outline
    }
  }
}
