import Foundation
import SplitpipeFuzzTargets
import SplitpipeTestSupport
import Testing

/// The fuzz targets without a fuzzer: good inputs, kept faults, and each of these a little changed.
@Suite(.ownThread) struct `Readers of bytes from outside` {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fuzz")

  /// The files of `Fuzz/Seeds/TARGET` and `Fuzz/Cases/TARGET`.
  private func files(_ target: FuzzTarget) throws -> [[UInt8]] {
    try ["Seeds", "Cases"].flatMap { kind -> [[UInt8]] in
      let folder = Self.folder.appendingPathComponent("\(kind)/\(target.rawValue)")
      guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
      return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent($0)))
      }
    }
  }

  @Test(arguments: FuzzTarget.allCases)
  func `read or refuse good inputs, faults found before, and both a little changed`(
    target: FuzzTarget
  ) throws {
    let inputs = try target.seeds() + files(target)
    #expect(!inputs.isEmpty)
    var generator = SeededGenerator(seed: 1)
    for input in inputs {
      target.run(input)
      for _ in 0..<50 {
        var changed = input
        for _ in 0..<Int.random(in: 1...3, using: &generator) where !changed.isEmpty {
          let place = Int.random(in: 0..<changed.count, using: &generator)
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: changed.removeLast(changed.count - place)
          case 1: changed.insert(UInt8.random(in: 0...255, using: &generator), at: place)
          case 2: changed[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
          default: changed[place] = UInt8.random(in: 0...255, using: &generator)
          }
        }
        target.run(changed)
      }
    }
    target.run([])
  }
}
