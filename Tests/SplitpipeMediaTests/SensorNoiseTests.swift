import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

@Suite struct `Sensor noise` {
  /// Gives every frame a grey input.
  private struct Grey: FramePreparer {
    func prepare(_ frame: Frame) throws -> PreparedInput {
      let size = PixelSize(width: 160, height: 96)
      return PreparedInput(
        tensor: Tensor(
          shape: Shape([1, 3, 96, 160]), values: [UInt8](repeating: 100, count: 3 * 96 * 160)),
        letterbox: Letterbox(
          frame: size,
          geometry: InputGeometry(
            size: .fixed(size), placement: .centred, channelOrder: .rgb, byteScale: 1 / 255)))
    }
  }

  private final class NoPicture: Picture {
    let width = 160
    let height = 96
  }

  private func values(frame: Int, deviation: Double) throws -> [UInt8] {
    let frame = Frame(
      stamp: FrameStamp(index: frame, seconds: 0), picture: NoPicture(), sourceBytes: 0,
      fileName: nil)
    return try SensorNoise(Grey(), deviation: deviation).prepare(frame).tensor.values
  }

  @Test(arguments: [1.0, 2, 8])
  func `has the deviation that was asked for and no bias`(deviation: Double) throws {
    let noise = try values(frame: 3, deviation: deviation).map { Double($0) - 100 }
    let mean = noise.reduce(0, +) / Double(noise.count)
    let variance = noise.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(noise.count)
    // Rounding to whole steps adds a twelfth.
    #expect(abs(mean) < 0.05 * deviation + 0.02)
    #expect(abs(variance - deviation * deviation - 1.0 / 12) < 0.05 * deviation * deviation)
  }

  @Test func `depends on the frame and on nothing else`() throws {
    #expect(try values(frame: 1, deviation: 2) == values(frame: 1, deviation: 2))
    #expect(try values(frame: 1, deviation: 2) != values(frame: 2, deviation: 2))
  }
}
