internal import FoundationEssentials
internal import Glibc
import SplitpipeCore
import SplitpipeFiles

/// Where a training is, on disk: everything that the steps to come depend on.
///
/// The file is `SPTRAIN1`, the length of a header as 8 bytes, the header as JSON, the float32 values of all
/// tensors in the header's order, and the hash of all before it; numbers are little-endian. It is replaced as
/// a whole, so that an interruption leaves the one before.
package struct TrainingCheckpoint: Sendable {
  /// What must be the same for a training to go on.
  package var identity: [String: String]
  package var stage = 0
  /// Steps done in the stage.
  package var step = 0
  /// Steps of the stage, where they are known.
  package var steps: Int?
  package var seconds = 0.0
  package var losses: [LossPoint] = []
  /// Weights and moments as they are.
  package var state = TrainingState()
  /// The weights that were best on pictures kept apart.
  package var best = TrainingState()
  package var bestLoss: Double?

  package init(identity: [String: String]) { self.identity = identity }

  private static let magic = Array("SPTRAIN1".utf8)
  /// Bytes that a file may have.
  private static let byteLimit = 4 << 30
  private static let headerLimit = 64 << 20

  private struct Header: Codable {
    struct Tensor: Codable {
      let name: String
      let counts: [Int]
    }
    let identity: [String: String]
    let stage: Int
    let step: Int
    let steps: Int?
    let seconds: Double
    let losses: [LossPoint]
    let bestLoss: Double?
    let state: [Tensor]
    let best: [Tensor]
  }

  /// Writes the file.
  ///
  /// - Throws: `cannotWrite`; what was there before stays.
  package func write(to path: String) throws {
    func list(_ state: TrainingState) -> [Header.Tensor] {
      state.tensors.sorted { $0.key < $1.key }
        .map { Header.Tensor(name: $0.key, counts: $0.value.map(\.count)) }
    }
    let header = Header(
      identity: identity, stage: stage, step: step, steps: steps, seconds: seconds, losses: losses,
      bestLoss: bestLoss, state: list(state), best: list(best))
    let text = try JSONEncoder().encode(header)
    var bytes = Self.magic + Self.bytes(UInt64(text.count)) + text
    for state in [state, best] {
      for (_, tensors) in state.tensors.sorted(by: { $0.key < $1.key }) {
        for values in tensors {
          unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
      }
    }
    bytes += Self.bytes(ContentHash(bytes).value)
    let file = try OutputFile(path)
    try file.append(bytes)
    try file.finish()
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - identity: what it must be of.
  /// - Throws: `missingInput`, `badData` where it is none or damaged, `usage` where it is of another
  ///   training.
  package init(path: String, identity: [String: String]) throws {
    let bytes = try readFile(path, limit: Self.byteLimit)
    func damaged(_ what: String) -> SplitpipeError {
      SplitpipeError(
        .badData, "\"\(path)\" is no checkpoint of a training (\(what)); remove it to begin anew")
    }
    guard bytes.count >= Self.magic.count + 16, bytes.starts(with: Self.magic) else {
      throw damaged("it does not begin with SPTRAIN1")
    }
    let end = bytes.count - 8
    var trailer = ByteReader(bytes, in: end..<bytes.count)
    guard try ContentHash(Array(bytes[..<end])).value == trailer.fixed(8) else {
      throw damaged("its hash is wrong")
    }
    var reader = ByteReader(bytes, in: Self.magic.count..<end)
    let length = try reader.fixed(8)
    guard length <= UInt64(min(Self.headerLimit, reader.remaining)),
      let header = try? JSONDecoder().decode(Header.self, from: Data(reader.array(Int(length))))
    else { throw damaged("its header cannot be read") }
    for key in Set(identity.keys).union(header.identity.keys).sorted()
    where identity[key] != header.identity[key] {
      throw SplitpipeError(
        .usage,
        "\"\(path)\" is of a training with another \(key) (\(header.identity[key] ?? "none"), now "
          + "\(identity[key] ?? "none")); give the same, or remove the file to begin anew")
    }
    func read(_ list: [Header.Tensor]) throws -> TrainingState {
      var state = TrainingState()
      for tensor in list {
        state.tensors[tensor.name] = try tensor.counts.map { count in
          guard count >= 0, count <= reader.remaining / 4 else { throw damaged("it is too short") }
          return unsafe bytes[try reader.take(count * 4)].withUnsafeBytes { bytes in
            (0..<count).map { unsafe bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
          }
        }
      }
      return state
    }
    self.identity = identity
    (stage, step, steps, seconds) = (header.stage, header.step, header.steps, header.seconds)
    (losses, bestLoss) = (header.losses, header.bestLoss)
    state = try read(header.state)
    best = try read(header.best)
    guard reader.remaining == 0 else { throw damaged("it is too long") }
  }

  /// Removes a file: what was learnt is a model.
  package static func remove(_ path: String) { unsafe unlink(systemPath(path)) }

  private static func bytes(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }
}

/// The loss at a step.
package struct LossPoint: Codable, Sendable, Hashable {
  /// From 1, of the stage.
  package let step: Int
  /// From 1.
  package let stage: Int
  /// The mean since the point before.
  package let loss: Double
  /// On pictures that nothing was learnt from, where they were looked at.
  package var heldOut: Double?
  /// What those cost, where it was measured.
  package var cost: HeldOutCost?
}

/// What pictures that nothing was learnt from cost, and how well they are answered.
package struct HeldOutCost: Codable, Sendable, Hashable {
  /// That the training had taken.
  package let seconds: Double
  package let bytesPerFrame: Double
  /// mAP50-95 against the boxes of the model as it was.
  package let map50_95: Double

  package init(seconds: Double, bytesPerFrame: Double, map50_95: Double) {
    self.seconds = seconds
    self.bytesPerFrame = bytesPerFrame
    self.map50_95 = map50_95
  }
}
