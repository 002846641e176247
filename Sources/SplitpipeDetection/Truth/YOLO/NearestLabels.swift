import SplitpipeFiles

/// The label files of a dataset of several parts that belong to the pictures of one, where names alone
/// do not tell: `train/labels/1.txt` and `valid/labels/1.txt` for the pictures of `valid/images`.
enum NearestLabels {
  /// Chooses the files whose folders have the most in common with the place of the pictures.
  ///
  /// - Parameters:
  ///   - files: paths of label files.
  ///   - pictures: a picture, or the folder of several.
  /// - Returns: the files that are nearer than all others and have names of their own; nil where all are
  ///   to be used, as no two have one name, or nothing tells which are meant.
  static func choose(among files: [String], for pictures: String) -> [String]? {
    guard hasTwins(files) else { return nil }
    let places = self.places(of: pictures)
    var known: [String: Int] = [:]
    let nearness = files.map { file in
      let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
      let found = known[folder] ?? inCommon(folder, places)
      known[folder] = found
      return found
    }
    guard let most = nearness.max(), nearness.contains(where: { $0 < most }) else { return nil }
    let nearest = zip(files, nearness).filter { $0.1 == most }.map(\.0)
    return hasTwins(nearest) ? nil : nearest
  }

  private static func hasTwins(_ files: [String]) -> Bool {
    Set(files.map(ImageName.stem)).count < files.count
  }

  /// The place itself, and the one that datasets have in its stead for labels.
  private static func places(of pictures: String) -> [[Substring]] {
    let own = absolutePath(pictures).split(separator: "/")
    guard let images = own.lastIndex(where: { $0.lowercased() == "images" }) else { return [own] }
    var counterpart = own
    counterpart[images] = "labels"
    return [own, counterpart]
  }

  /// How many folders two paths have in common from the root.
  private static func inCommon(_ folder: String, _ places: [[Substring]]) -> Int {
    let parts = absolutePath(folder).split(separator: "/")
    return places.map { zip($0, parts).prefix { $0 == $1 }.count }.max() ?? 0
  }
}
