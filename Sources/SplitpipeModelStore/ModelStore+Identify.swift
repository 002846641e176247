import SplitpipeCore

extension ModelStore {
  /// The model that a file is a copy of, told by its SHA-256: the known one, else the recorded one.
  ///
  /// - Parameter path: a model file, anywhere.
  /// - Returns: nil where it is a copy of none.
  /// - Throws: `missingInput` where the file cannot be read.
  package func identify(_ path: String) throws -> AvailableModel? {
    let sum = try sha256(ofFile: path)
    return available.first { model in
      let expected = model.sha256 ?? (try? ChecksumRecord(of: model, in: self).read())
      return expected == sum
    }
  }
}
