import SplitpipeCore
import Testing

@testable import SplitpipeDetection

@Suite struct `Boxes that lie where no object can be` {
  /// Boxes of 10 × 10 with their centres at `x`, in a picture of 96 × 48 that lies in the middle of an
  /// input of 96 × 96.
  private func plausibility(_ centres: [(x: Float, y: Float)]) throws -> Plausibility {
    let values = centres.flatMap { centre -> [Float] in [centre.x, centre.y, 10, 10, 1, 0.9] }
    let geometry = InputGeometry(
      size: .fixed(PixelSize(width: 96, height: 96)), placement: .centred, channelOrder: .rgb,
      byteScale: 1)
    return try Detector(kind: .yolov5, classCount: 1)
      .candidates(
        in: Tensor(shape: Shape([1, centres.count, 6]), values: values),
        letterbox: Letterbox(frame: PixelSize(width: 96, height: 48), geometry: geometry),
        confidence: 0.001
      ).plausibility
  }

  @Test func `are counted, those in the padding too`() throws {
    let found = try plausibility([(48, 48), (48, 10), (200, 48), (-5, 48), (48, 71)])
    #expect(found.boxes == 5)
    #expect(found.outside == 3)
    #expect(found.note == nil)
  }

  @Test func `are said where they are many, and what to try`() throws {
    let found = try plausibility(Array(repeating: (200, 48), count: 15) + [(48, 48)])
    var sum = found
    #expect(sum.note == nil)
    sum.add(found)
    #expect(sum.note?.hasPrefix("30 of the 32 surest boxes lie outside the picture") == true)
    for option in ["--range", "--channels", "--mean", "--std", "--letterbox"] {
      #expect(sum.note?.contains(option) == true)
    }
  }
}
