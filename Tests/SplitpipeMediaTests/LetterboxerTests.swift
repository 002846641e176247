import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

let official = InputGeometry(
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
      ("images/bus.jpg", "bus", 0.4), ("images/zidane.jpg", "zidane", 0.35),
      ("coco128/images/000000000009.jpg", "000000000009", 0.1),
      ("coco128/images/000000000025.jpg", "000000000025", 0.1),
      ("coco128/images/000000000030.jpg", "000000000030", 0.1),
    ])
  func `the input is that of the official preprocessing within half a step`(
    file: String, reference: String, limit: Double
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
    #expect(Double(sum) / Double(3 * plane) < limit)
  }

  @Test(SharedData.needs("data/video/bottle-detection.mp4"))
  func `replicated chroma is that of its sample over four pixels, as OpenCV reads a video`()
    throws
  {
    let source = try openFrameSource(SharedData.path("data/video/bottle-detection.mp4"))
    let frame = try #require(try source.next())
    /// Pixels next to each other over one sample whose red less blue is the same to rounding.
    func share(_ chroma: ScalingOptions.Chroma) throws -> Double {
      let letterboxer = Letterboxer(geometry: official, options: ScalingOptions(chroma: chroma))
      let prepared = try letterboxer.prepare(frame)
      #expect(prepared.tensor.shape == Shape([1, 3, 384, 640]))
      let (values, plane) = (prepared.tensor.values.map(Int.init), 384 * 640)
      let pairs = (12..<372).flatMap { y in stride(from: 0, to: 640, by: 2).map { y * 640 + $0 } }
      let alike = pairs.count { place in
        let left = values[place] - values[place + 2 * plane]
        let right = values[place + 1] - values[place + 1 + 2 * plane]
        return abs(left - right) <= 1
      }
      return Double(alike) / Double(pairs.count)
    }
    let (replicated, interpolated) = (try share(.replicated), try share(.interpolated))
    #expect(replicated > 0.995)
    #expect(interpolated < 0.96)
  }

  @Test(arguments: 0..<40)
  func `a white frame of any size lies white in grey padding`(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let largest = [4, 20, 300, 2000][seed % 4]
    let size = PixelSize(
      width: Int.random(in: 1...largest, using: &generator),
      height: Int.random(in: 1...min(largest, 400), using: &generator))
    let geometry = InputGeometry(
      size: seed % 3 == 0
        ? .fixed(PixelSize(width: 160, height: 128)) : .rectangular(longest: 192, stride: 32),
      placement: InputGeometry.Placement.allCases[seed / 3 % 3], channelOrder: .rgb, byteScale: 1)
    let folder = try TemporaryFolder()
    let path = try folder.writePixmap("white.ppm", size) { _, _ in (255, 255, 255) }
    let frame = try #require(try openFrameSource(path).next())
    let prepared = try Letterboxer(geometry: geometry).prepare(frame)
    let box = prepared.letterbox
    var wrong = 0
    for y in 0..<box.input.height {
      for x in 0..<box.input.width {
        let isInside =
          (box.left..<box.left + box.scaled.width).contains(x)
          && (box.top..<box.top + box.scaled.height).contains(y)
        for value in prepared.tensor.colour(x, y) where isInside ? value < 250 : value != 114 {
          wrong += 1
        }
      }
    }
    #expect(wrong == 0, "seed \(seed), \(size) in \(box)")
  }

  @Test(arguments: [InputGeometry.ChannelOrder.rgb, .bgr])
  func `the planes come in the order asked for`(order: InputGeometry.ChannelOrder) throws {
    let folder = try TemporaryFolder()
    let size = PixelSize(width: 64, height: 32)
    let path = try folder.writePixmap("a.ppm", size) { _, _ in (200, 100, 50) }
    let frame = try #require(try openFrameSource(path).next())
    let tensor = try Letterboxer(
      geometry: InputGeometry(
        size: .fixed(size), placement: .centred, channelOrder: order, byteScale: 1)
    ).prepare(frame).tensor
    let found = tensor.colour(20, 20)
    let wanted = order == .rgb ? [200, 100, 50] : [50, 100, 200]
    #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1 }, "\(found)")
  }

  @Test func `two taps are centred: a ramp halved is the mean of its pairs`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.writePixmap("ramp.ppm", PixelSize(width: 128, height: 64)) { x, _ in
      (UInt8(2 * x), UInt8(2 * x), UInt8(2 * x))
    }
    let frame = try #require(try openFrameSource(path).next())
    let tensor = try Letterboxer(
      geometry: InputGeometry(
        size: .rectangular(longest: 64, stride: 32), placement: .centred, channelOrder: .rgb,
        byteScale: 1)
    ).prepare(frame).tensor
    for x in 0..<64 { #expect(abs(tensor.colour(x, 16)[0] - (4 * x + 1)) <= 1) }
  }

  @Test func `frames of changing size and format go through one letterboxer`() throws {
    let folder = try TemporaryFolder()
    for index in 0..<8 {
      let size = PixelSize(width: 30 + 17 * index, height: 90 - 9 * index)
      try folder.writePixmap("\(index).ppm", size) { _, _ in (255, 255, 255) }
    }
    let source = try openFrameSource(folder.path)
    let letterboxer = Letterboxer(geometry: official)
    var frames = 0
    while let frame = try source.next() {
      let prepared = try letterboxer.prepare(frame)
      let size = PixelSize(width: frame.picture.width, height: frame.picture.height)
      #expect(prepared.letterbox == Letterbox(frame: size, geometry: official))
      #expect(prepared.tensor.values.max() == 255)
      frames += 1
    }
    #expect(frames == 8)
  }

  /// Edges of a black bar in a white picture are found in the input to a fraction of a pixel by what is
  /// missing of the white, and taken back to the frame.
  @Test(arguments: [
    PixelSize(width: 333, height: 500), PixelSize(width: 1001, height: 357),
    PixelSize(width: 1366, height: 1025), PixelSize(width: 101, height: 67),
  ])
  func `edges come back to where they are, nearer by the scale of each axis than by one`(
    size: PixelSize
  ) throws {
    let folder = try TemporaryFolder()
    let bar = (left: size.width * 7 / 10, right: size.width * 19 / 20)
    let path = try folder.writePixmap("bar.ppm", size) { x, _ in
      (bar.left..<bar.right).contains(x) ? (0, 0, 0) : (255, 255, 255)
    }
    let frame = try #require(try openFrameSource(path).next())
    // Two taps pass over pixels where they shrink; all of them tell where an edge is.
    let options = ScalingOptions(kernel: .triangle)
    let prepared = try Letterboxer(geometry: official, options: options).prepare(frame)
    let letterbox = prepared.letterbox
    let row = letterbox.top + letterbox.scaled.height / 2
    let middle = Int(
      Double(bar.left + bar.right) / 2 * letterbox.scaleX + Double(letterbox.left))
    /// The place of an edge between `from`, where all is white or black, and the bar's middle.
    let dark = (letterbox.left..<middle).map {
      1 - Double(prepared.tensor.colour($0, row)[0]) / 255
    }
    let edge = Double(middle) - dark.reduce(0, +)
    let back = letterbox.frameFromModel(Box(x1: Float(edge), y1: 0, x2: 0, y2: 0)).x1
    let error = abs(Double(back) - Double(bar.left))
    let one = min(640 / Double(size.width), 640 / Double(size.height))
    let byOneScale = abs((edge - Double(letterbox.left)) / one - Double(bar.left))
    #expect(error < 0.1, "\(size): \(error), by one scale \(byOneScale)")
    #expect(error <= byOneScale + 0.02, "\(size): \(error), by one scale \(byOneScale)")
  }
}
