import SplitpipeCore

/// What a sweep has found out so far; the results themselves lie in its journal.
struct SweepState: Sendable {
  /// A picture that can be used, with the size of the network's input.
  typealias KnownImage = (image: Dataset.Image, input: PixelSize)

  /// Pictures that can be used; nil before they have been looked at, and for a video.
  var known: [KnownImage]?
  /// Names of picture files by their number, for labels that go by them.
  var fileNames: [Int: String] = [:]
  var skipped: [SkippedImage] = []
  /// Sentences for the user on what was left out or looks wrong.
  var notes: [String]
  /// Pictures that every unit has a result of.
  private(set) var done: [Int] = []
  /// Pictures that can be scored; nil where the end is not known.
  var total: Int?

  /// What ended a video before its end; the frames before it count.
  var breakage: SplitpipeError?

  init(notes: [String]) { self.notes = notes }

  /// Begins a pass of other units over the same pictures.
  mutating func beginPass() {
    done = []
    total = nil
  }

  /// Every unit has a result of a picture.
  mutating func finish(_ number: Int) { done.append(number) }
}
