import SplitpipeCore
import Testing

@testable import SplitpipeDetection

@Suite struct `Looking for some classes only` {
  /// Three boxes far apart: class 0, class 1, and one that is a little more of class 2 than of 1.
  private let output = Tensor<Float>(
    shape: Shape([1, 3, 8]),
    values: [
      20, 20, 10, 10, 1, 0.9, 0.1, 0.1,
      60, 20, 10, 10, 1, 0.1, 0.8, 0.1,
      20, 60, 10, 10, 1, 0.1, 0.6, 0.7,
    ])

  private func classes(_ wanted: Set<Int>?, multiLabel: Bool) throws -> [Int] {
    var settings = DetectionSettings.display
    settings.classes = wanted
    settings.multiLabel = multiLabel
    let size = PixelSize(width: 96, height: 96)
    let geometry = InputGeometry(
      size: .fixed(size), placement: .centred, channelOrder: .rgb, byteScale: 1)
    return try Detector(kind: .yolov5, classCount: 3, settings: settings)
      .detect(output, letterbox: Letterbox(frame: size, geometry: geometry))
      .map(\.classIndex)
  }

  @Test func `keeps their boxes alone`() throws {
    #expect(try classes(nil, multiLabel: false) == [0, 1, 2])
    #expect(try classes([1], multiLabel: false) == [1])
    #expect(try classes([0, 2], multiLabel: false) == [0, 2])
    #expect(try classes([], multiLabel: false) == [])
  }

  @Test func `does not turn a box into one of its second best class`() throws {
    #expect(try classes([1], multiLabel: false) == [1])
    // Where every class of a box counts, it is one of class 1, too.
    #expect(try classes([1], multiLabel: true) == [1, 1])
  }
}
