package import SplitpipeCore
import Synchronization

/// A link on which some packets are damaged: one byte of them becomes another one.
///
/// For measuring what a run makes of a bad channel. The same seed damages the same packets.
package final class DamagingLink: PacketLink {
  private let link: any PacketLink
  private let share: Double
  private let generator: Mutex<SplitMix64>

  /// - Parameters:
  ///   - link: carries the packets.
  ///   - share: of the packets that are damaged, 0…1.
  ///   - seed: of the choice.
  package init(_ link: any PacketLink, share: Double, seed: UInt64) {
    self.link = link
    self.share = share
    generator = Mutex(SplitMix64(seed: seed))
  }

  package var description: String { "\(link.description), damaging" }

  package func send(_ bytes: [UInt8]) async throws { try await link.send(damaged(bytes)) }

  package func receive() async throws -> [UInt8]? { try await link.receive() }

  package func finish() async { await link.finish() }

  private func damaged(_ bytes: [UInt8]) -> [UInt8] {
    generator.withLock { generator in
      guard Double.random(in: 0..<1, using: &generator) < share,
        let place = bytes.indices.randomElement(using: &generator)
      else { return bytes }
      var damaged = bytes
      damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
      return damaged
    }
  }
}
