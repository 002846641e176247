/// How labels are to be read.
package struct TruthOptions: Sendable {
  /// The video that labels are for.
  package struct Video: Sendable {
    /// The name of its file.
    package var name: String
    /// Its frames, where it says how many.
    package var frameCount: Int?

    package init(name: String, frameCount: Int?) {
      self.name = name
      self.frameCount = frameCount
    }
  }

  /// Which class of the labels is which of the model, where their names do not say it.
  package var classMap = ClassMap()
  /// Refuse labels of which a line cannot be used, instead of leaving the line out.
  package var isStrict = false
  /// What the labels call the first frame of a video, 0 or 1; nil finds it out.
  package var firstFrame: Int?
  /// The video that the labels are for; nil where they are for pictures.
  package var video: Video?
  /// The picture, or the folder of the pictures, that labels are for, where it is known: of label files
  /// that have one name, those nearest to it are meant.
  package var pictures: String?
  /// What the classes of YOLO labels are called; nil looks beside the labels.
  package var classList: ClassList?

  package init() {}

  /// What was said beyond the labels themselves, for telling one way to read them from another.
  package var description: String {
    let pairs = classMap.pairs.map { "\($0.label)=\($0.model)" }.sorted()
    return pairs.joined(separator: ",") + (firstFrame.map { " from \($0)" } ?? "")
  }
}
