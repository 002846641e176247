import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

private let official = InputGeometry(
  size: .rectangular(longest: 640, stride: 32), placement: .centred, channelOrder: .rgb,
  byteScale: 1 / 255)

/// Bytes and shape (H, W, 3) of a NumPy file of version 1 that holds unsigned bytes.
private func readReference(_ name: String) throws -> (height: Int, width: Int, bytes: [UInt8]) {
  let data = [UInt8](
    try Data(contentsOf: URL(fileURLWithPath: SharedData.path("reference/inputs/\(name).npy"))))
  let length = Int(data[8]) | Int(data[9]) << 8
  let header = String(decoding: data[10..<10 + length], as: UTF8.self)
  let shape = header.split(separator: "(")[1].split(separator: ")")[0].split(separator: ",")
    .compactMap { Int($0.filter(\.isNumber)) }
  return (shape[0], shape[1], Array(data[(10 + length)...]))
}

@Suite struct `Letterboxing` {
  @Test(
    SharedData.needs("data/images/bus.jpg", "data/coco128/images", "reference/inputs"),
    arguments: [
      ("images/bus.jpg", "bus"), ("images/zidane.jpg", "zidane"),
      ("coco128/images/000000000009.jpg", "000000000009"),
      ("coco128/images/000000000025.jpg", "000000000025"),
      ("coco128/images/000000000030.jpg", "000000000030"),
    ])
  func `the input is that of the official preprocessing within half a step`(
    file: String, reference: String
  ) throws {
    let source = try openFrameSource(SharedData.path("data/" + file))
    let frame = try #require(try source.next())
    let prepared = try Letterboxer(geometry: official).prepare(frame)
    let expected = try readReference(reference)
    #expect(prepared.tensor.shape == Shape([1, 3, expected.height, expected.width]))
    let plane = expected.height * expected.width
    var sum = 0
    for pixel in 0..<plane {
      for channel in 0..<3 {
        sum += abs(
          Int(prepared.tensor.values[channel * plane + pixel])
            - Int(expected.bytes[pixel * 3 + channel]))
      }
    }
    let mean = Double(sum) / Double(3 * plane)
    print(reference, mean)
    #expect(mean < 0.5)
  }
}
