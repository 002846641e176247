package import SplitpipeCore

extension Truth {
  /// Compares the labels with the frames that were there, once they have been read.
  ///
  /// - Parameters:
  ///   - covered: how many of the frames the labels have an entry for.
  ///   - frames: how many frames were read.
  ///   - isWhole: whether the input ended; false where the user wanted so many frames only.
  ///   - isVideo: whether frames go by number.
  ///   - input: what the user called the input.
  /// - Returns: sentences on frames without a label file, which count as without objects, and on
  ///   labelled frames that the input does not have; empty where there are neither.
  /// - Throws: `badData` where the labels have an entry for none of the frames.
  package func check(
    covered: Int, of frames: Int, isWhole: Bool, isVideo: Bool, input: String
  ) throws(SplitpipeError) -> [String] {
    guard covered > 0 else {
      let known =
        isVideo
        ? self.frames?.first.map { "; the first frame they are for is number \($0) from 0" }
        : labelledImages.first.map { "; the first name is \"\($0.name)\"" }
      throw SplitpipeError(
        .badData,
        "the labels \"\(path)\" cover none of the \(frames) frames read of \"\(input)\""
          + (known ?? "") + "; give the labels of this input")
    }
    var notes: [String] = []
    if categories == nil, covered < frames {
      notes.append(
        "\"\(path)\": \(frames - covered) of the \(frames) frames read of \"\(input)\" have no label "
          + "file and count as without objects")
    }
    guard isVideo, isWhole, let labelled = self.frames else { return notes }
    let unreached = labelled.filter { $0 >= frames }
    guard let first = unreached.first else { return notes }
    notes.append(
      "\"\(path)\": \(unreached.count) of its \(labelled.count) labelled frames were not reached: "
        + "\"\(input)\" ended after \(frames) frames, and they begin at number \(first) from 0"
    )
    return notes
  }
}
