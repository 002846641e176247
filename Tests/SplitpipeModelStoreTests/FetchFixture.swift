import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Synchronization

@testable import SplitpipeModelStore

/// A store in a temporary folder and a model of random bytes to fetch into it.
struct FetchFixture {
  let folder: TemporaryFolder
  let bytes: [UInt8]

  init(count: Int = 600_000, seed: UInt64 = 1) throws {
    folder = try TemporaryFolder()
    bytes = randomBytes(count, seed: seed)
  }

  var store: ModelStore { ModelStore(folder: folder.path, available: [model()]) }
  var destination: String { folder.file("tiny.pt") }
  var part: String { destination + ".part" }

  func model(sha256: String? = nil) -> AvailableModel {
    AvailableModel(
      name: "tiny", fileName: "tiny.pt", folder: "http://127.0.0.1:9", bytes: bytes.count,
      sha256: sha256, licence: "CC0-1.0", maker: "Nobody")
  }

  /// Fetches and returns the model with what was told on the way.
  func fetch(
    from address: String, sha256: String? = nil, settings: FetchSettings = FetchSettings(),
    isReadable: Bool = true, isStopped: @escaping () -> Bool = { false },
    report: @escaping (FetchEvent) -> Void = { _ in }
  ) throws -> FetchedModel {
    let model = model(sha256: sha256)
    return try ModelFetch(
      model, into: store, from: ModelAddress(of: model, from: address), settings: settings,
      checkReadable: { path in
        if !isReadable { throw SplitpipeError(.badData, "\(path) is no model") }
      }, isStopped: isStopped, report: report
    ).run()
  }

  /// The failure of a fetch; nil where it succeeds.
  func failure(
    from address: String, sha256: String? = nil, settings: FetchSettings = FetchSettings(),
    isReadable: Bool = true, isStopped: @escaping () -> Bool = { false }
  ) throws -> SplitpipeError? {
    do {
      _ = try fetch(
        from: address, sha256: sha256, settings: settings, isReadable: isReadable,
        isStopped: isStopped)
      return nil
    } catch let error as SplitpipeError {
      return error
    }
  }

  func content(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map(Array.init)
  }
}

func randomBytes(_ count: Int, seed: UInt64) -> [UInt8] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
}

/// A value that a server's answers change from one request to the next.
final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  /// 0 for the first call, 1 for the second.
  func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}
