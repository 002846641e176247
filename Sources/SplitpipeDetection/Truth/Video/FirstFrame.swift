/// What labels call the first frame of a video, as far as they show it.
struct FirstFrame: Sendable {
  enum Conclusion: Hashable, Sendable {
    case zero
    /// With what speaks for it.
    case one(String)
    /// Likely, or promised by the form of the labels, but not shown by them.
    case probablyZero(String)
    /// With what makes it so.
    case unknown(String)
  }

  let conclusion: Conclusion

  /// - Parameters:
  ///   - numbers: of the frames that are labelled, no two the same.
  ///   - ids: beside names that the numbers come from, one each; empty where the numbers are ids.
  ///   - names: what the numbers come from; empty where they are ids.
  ///   - video: the video, where it is known.
  init(numbers: [Int], ids: [Int?], names: [NumberedName?], video: TruthOptions.Video?) {
    conclusion = Self.conclude(numbers, ids, names, video)
  }

  private static func conclude(
    _ numbers: [Int], _ ids: [Int?], _ names: [NumberedName?], _ video: TruthOptions.Video?
  ) -> Conclusion {
    guard let least = numbers.min(), let greatest = numbers.max(), least > 0 else { return .zero }
    let count = video?.frameCount
    if greatest == count { return .one("its last is \(greatest), of as many frames") }
    // Ids beside names: the contract's from 0 show what the names count from.
    let pairs = zip(numbers, ids)
    if !ids.isEmpty, pairs.allSatisfy({ $0.1 == $0.0 - 1 }) {
      return .one("its ids count from 0 what its file names count from 1")
    }
    // As splitpipe synth names them.
    if !names.isEmpty, names.allSatisfy({ $0?.separator == "#" }) { return .zero }
    if let video, !names.isEmpty {
      let stem = ImageName.stem(video.name)
      if names.allSatisfy({ $0?.prefix == stem && $0?.separator == "_" && $0?.isPadded == false }) {
        return .one("Ultralytics names the labels of a video so")
      }
    }
    let isWhole = least == 1 && greatest == numbers.count
    if isWhole, numbers.count > 1 {
      guard greatest != count.map({ $0 - 1 }) else {
        return .unknown(
          "they are numbered 1 to \(greatest) and the video has \(greatest + 1) frames, so that "
            + "either its first or its last frame has no labels")
      }
      return .one("all numbers from 1 to \(greatest) are there and 0 is not")
    }
    let areIDs = names.isEmpty || (!ids.isEmpty && pairs.allSatisfy { $0.1 == $0.0 })
    if areIDs { return .probablyZero("as image ids are, though there is no 0 among them") }
    return .unknown(
      "their names begin at the number \(least), and nothing shows whether the first frame is 0 or 1"
    )
  }
}
