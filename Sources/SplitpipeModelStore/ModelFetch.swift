import SplitpipeCore

/// What a fetch tells while it runs.
package enum FetchEvent: Sendable, Equatable {
  /// A transfer begins; `resumingAt` bytes are there from an earlier one.
  case begins(address: String, resumingAt: Int)
  /// What is there is of another version of the file, or the server sends only whole files.
  case startsAfresh
  /// So many bytes are there, of how many where that is known.
  case received(Int, of: Int?)
}

/// A model that a fetch left installed.
package struct FetchedModel: Sendable, Equatable {
  /// What its checksum was held against.
  package enum Check: Sendable, Equatable {
    /// The one that splitpipe knows.
    case known
    /// The one that an earlier fetch recorded.
    case recorded
    /// None: it is recorded now.
    case first
  }

  package let path: String
  package let bytes: Int
  package let sha256: String
  package let check: Check
  /// True where it was there already and nothing was transferred.
  package let wasInstalled: Bool
}

/// Brings a model's file into a store: whole, checked and under its name, or not at all.
///
/// What arrives before a transfer ends early is kept and the next fetch goes on from there, if the
/// file is still the same.
package struct ModelFetch {
  let model: AvailableModel
  let store: ModelStore
  let address: ModelAddress
  let settings: FetchSettings
  private let checkReadable: (String) throws -> Void
  let isStopped: () -> Bool
  let report: (FetchEvent) -> Void

  /// - Parameters:
  ///   - model: what is fetched.
  ///   - store: where it goes.
  ///   - address: where it comes from.
  ///   - settings: how patient the transfer is.
  ///   - checkReadable: throws where the file at a path cannot be read as a model.
  ///   - isStopped: asked at least once a second; true ends the transfer.
  ///   - report: told how it goes.
  package init(
    _ model: AvailableModel, into store: ModelStore, from address: ModelAddress,
    settings: FetchSettings = FetchSettings(), checkReadable: @escaping (String) throws -> Void,
    isStopped: @escaping () -> Bool = { false }, report: @escaping (FetchEvent) -> Void = { _ in }
  ) {
    self.model = model
    self.store = store
    self.address = address
    self.settings = settings
    self.checkReadable = checkReadable
    self.isStopped = isStopped
    self.report = report
  }

  /// Fetches the model, unless it is installed.
  ///
  /// - Returns: where it lies and what its checksum was held against.
  /// - Throws: `unavailable` where the file cannot be had or arrives only in part, `missingInput`
  ///   where the server does not have it, `badData` where it is not what it should be (it is then
  ///   removed), `cannotWrite` where the store refuses, `interrupted` where stopped.
  package func run() throws -> FetchedModel {
    if let installed = try alreadyInstalled() { return installed }
    let part = try PartFile(store.destination(of: model))
    // Another process may have finished while this one waited for nothing.
    if let installed = try alreadyInstalled() {
      part.remove()
      return installed
    }
    do {
      try Download(self, into: part).run()
    } catch {
      if part.size == 0 { part.remove() }
      throw error
    }
    return try install(part)
  }

  /// The model, where its file is there and has the checksum it should have.
  private func alreadyInstalled() throws -> FetchedModel? {
    let path = store.destination(of: model)
    guard let bytes = fileSize(path) else { return nil }
    let sum = try sha256(ofFile: path)
    let (check, expected) = try expectedChecksum()
    if let expected, sum != expected {
      throw SplitpipeError(
        .badData,
        "\"\(path)\" is not the \(model.name) it should be: its SHA-256 is \(sum), expected "
          + "\(expected); rename it if it is yours, or remove it to fetch \(model.name) again")
    }
    if expected == nil { try ChecksumRecord(of: model, in: store).write(sum) }
    return FetchedModel(path: path, bytes: bytes, sha256: sum, check: check, wasInstalled: true)
  }

  /// Checks a complete part and gives it its name; a part that is not the model is removed.
  private func install(_ part: PartFile) throws -> FetchedModel {
    let sum = try sha256(ofFile: part.path)
    let (check, expected) = try expectedChecksum()
    if let expected, sum != expected {
      part.remove()
      throw SplitpipeError.wrongChecksum(self, found: sum, expected: expected, check)
    }
    do {
      try checkReadable(part.path)
    } catch let error as SplitpipeError where error.kind == .badData {
      part.remove()
      throw SplitpipeError.notAModel(self, error)
    }
    if expected == nil { try ChecksumRecord(of: model, in: store).write(sum) }
    try part.finish()
    return FetchedModel(
      path: part.destination, bytes: part.size, sha256: sum, check: check, wasInstalled: false)
  }

  private func expectedChecksum() throws -> (FetchedModel.Check, String?) {
    if let known = model.sha256 { return (.known, known) }
    if let recorded = try ChecksumRecord(of: model, in: store).read() {
      return (.recorded, recorded)
    }
    return (.first, nil)
  }
}
