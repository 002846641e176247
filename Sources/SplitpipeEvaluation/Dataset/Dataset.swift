import SplitpipeCore
import SplitpipeDetection

/// Pictures and what is known of them, ready for a sweep.
struct Dataset: Sendable {
  /// One picture file.
  struct Image: Sendable {
    let path: String
    /// Its place in the dataset, which decides between equal scores.
    let number: Int
    /// Its class; nil where labels are boxes.
    var classIndex: Int?
    /// Its label file, where each picture has its own; nil where it has none.
    var labels: String?
    /// What the file holds, where it lies in another one.
    var content: [UInt8]?
  }

  enum Pictures: Sendable {
    case images([Image])
    /// A path that a frame source opens.
    case video(String)
  }

  /// What the user called it.
  let name: String
  let pictures: Pictures
  /// Boxes; nil where every image has a class instead, or where the boxes of the unsplit model are
  /// the reference.
  let truth: Truth?
  /// Sentences for the user on what was left out or looks wrong.
  let notes: [String]
  /// Whether labels go by `Image.labels`, not by name or number.
  var hasLabelFiles = false

  /// What answers are scored against: `truth`, or `unsplit` where there are no labels.
  var reference: String {
    guard truth == nil else { return "truth" }
    if case .images(let images) = pictures, images.contains(where: { $0.classIndex != nil }) {
      return "truth"
    }
    return "unsplit"
  }

  /// The classes of pictures by their number; empty where labels are boxes.
  var classLabels: [Int: Int] {
    guard truth == nil, case .images(let images) = pictures else { return [:] }
    return Dictionary(
      images.compactMap { image in image.classIndex.map { (image.number, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// What the labels say is to be found in a picture, nothing where there are none; nil where they
  /// do not cover it.
  ///
  /// - Throws: `badData` where they are for one of another size.
  func objects(_ number: Int, fileName: String?, size: PixelSize) throws -> [TruthObject]? {
    guard let truth else { return [] }
    if hasLabelFiles, case .images(let images) = pictures {
      guard images.indices.contains(number), let file = images[number].labels else { return [] }
      return truth.objects(inFile: file, size: size)
    }
    return try truth.objects(forFrame: number, fileName: fileName, size: size)
  }

  /// Pictures and label files with one of these names; the most that a name alone can tell.
  func files(named names: Set<String>) -> [String] {
    var paths = (truth?.labelledImages ?? []).map(\.name)
    if case .images(let images) = pictures { paths += images.map(\.path) }
    return paths.filter { names.contains(FileTree.name($0)) }
  }

  /// Tells this list of pictures from others, so that a sweep is continued on the same one.
  var fingerprint: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ text: String) {
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x0000_0100_0000_01B3
    }
    switch pictures {
    case .images(let images):
      for image in images {
        mix(image.path)
        mix(image.classIndex.map(String.init) ?? "")
      }
    case .video(let path): mix(path)
    }
    return String(hash, radix: 16)
  }
}

/// A picture that could not be used.
package struct SkippedImage: Error, Sendable, Hashable, Codable {
  package let file: String
  package let reason: String
}

/// A number with its noun: `1 image`, `2 images`.
package func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// A few names of many, for a sentence.
func someNames(_ names: [String]) -> String {
  let shown = names.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
  return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
}
