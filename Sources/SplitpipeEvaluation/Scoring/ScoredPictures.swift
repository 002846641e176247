import SplitpipeCore
import SplitpipeDetection

/// The pictures that every unit has an answer for, and what is to be found in them.
final class ScoredPictures {
  private let truth: Truth?
  private var fileNames: [Int: String] = [:]
  private(set) var numbers: [Int] = []
  /// Pictures that can be scored; nil where the end is not known.
  var total: Int?

  init(truth: Truth?) { self.truth = truth }

  /// Whether the labels cover a picture.
  ///
  /// - Throws: `badData` where they are for one of another size.
  func covers(_ number: Int, fileName: String?, size: PixelSize) throws -> Bool {
    fileNames[number] = fileName
    guard let truth else { return true }
    return try truth.objects(forFrame: number, fileName: fileName, size: size) != nil
  }

  /// The same labels and files, no picture yet.
  var emptied: ScoredPictures {
    let other = ScoredPictures(truth: truth)
    other.fileNames = fileNames
    return other
  }

  func add(_ number: Int) { numbers.append(number) }

  func fileName(_ number: Int) -> String? { fileNames[number] }

  func objects(_ number: Int, size: PixelSize) throws -> [TruthObject] {
    try truth?.objects(forFrame: number, fileName: fileNames[number], size: size) ?? []
  }
}
