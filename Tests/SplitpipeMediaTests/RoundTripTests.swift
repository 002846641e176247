import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeMedia

@Suite struct `A picture that is sent as a user would` {
  /// Soft waves, which coders keep well.
  private func frame(_ size: PixelSize = PixelSize(width: 96, height: 64)) throws -> Frame {
    let folder = try TemporaryFolder()
    let path = try folder.writePixmap("waves.ppm", size) { x, y in
      let wave = { (rate: Double) in
        UInt8(128 + 100 * sin(Double(x) * rate) * cos(Double(y) * rate / 2))
      }
      return (wave(0.1), wave(0.13), wave(0.07))
    }
    return try readImage(path: path, number: 0)
  }

  private func difference(_ a: Frame, _ b: Frame) throws -> Double {
    let geometry = InputGeometry(
      size: .fixed(PixelSize(width: 96, height: 64)), placement: .topLeft, channelOrder: .rgb,
      byteScale: 1)
    let (first, second) = (
      try Letterboxer(geometry: geometry).prepare(a).tensor.values,
      try Letterboxer(geometry: geometry).prepare(b).tensor.values
    )
    return Double(zip(first, second).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) })
      / Double(first.count)
  }

  @Test func `takes more bytes and loses less the better the JPEG`() throws {
    let frame = try frame()
    let sent = try [10, 50, 95].map { try JPEGRoundTrip(quality: $0).send(frame) }
    #expect(sent.map(\.sourceBytes) == sent.map(\.sourceBytes).sorted())
    let losses = try sent.map { try difference($0, frame) }
    #expect(losses == losses.sorted(by: >))
    #expect(losses[2] < 2, "\(losses)")
    #expect(sent.allSatisfy { $0.fileName == "waves.ppm" && $0.picture.width == 96 })
    #expect(throws: SplitpipeError.self) { try JPEGRoundTrip(quality: 0) }
  }

  @Test func `comes back at once from H.264, frame by frame`() throws {
    let frame = try frame()
    var totals: [Int] = []
    for factor in [18, 33, 45] {
      let coder = try H264RoundTrip(quality: factor, framesPerSecond: 25)
      let sent = try (0..<5).map { try coder.send(frame.at($0, seconds: Double($0) / 25)) }
      #expect(sent.map(\.stamp.index) == [0, 1, 2, 3, 4])
      // The same picture again costs next to nothing.
      #expect(sent[4].sourceBytes * 4 < sent[0].sourceBytes)
      totals.append(sent.reduce(0) { $0 + $1.sourceBytes })
      if factor == 18 { #expect(try difference(sent[4], frame) < 4) }
    }
    #expect(totals == totals.sorted(by: >))
    #expect(throws: SplitpipeError.self) { try H264RoundTrip(quality: 52, framesPerSecond: nil) }
  }

  @Test func `with sides of odd length loses at most the last row and column in H.264`() throws {
    let frame = try frame(PixelSize(width: 97, height: 65))
    let sent = try H264RoundTrip(quality: 23, framesPerSecond: nil).send(frame)
    #expect(sent.picture.width == 96 && sent.picture.height == 64)
    let jpeg = try JPEGRoundTrip(quality: 90).send(frame)
    #expect(jpeg.picture.width == 97 && jpeg.picture.height == 65)
  }

  @Test func `for a classifier is scaled by its shorter side and cut from the middle`() throws {
    let folder = try TemporaryFolder()
    // Left third red, middle green, right blue; twice as wide as high.
    let path = try folder.writePixmap("thirds.ppm", PixelSize(width: 120, height: 60)) { x, _ in
      x < 40 ? (255, 0, 0) : x < 80 ? (0, 255, 0) : (0, 0, 255)
    }
    let frame = try readImage(path: path, number: 0)
    let cropper = CentreCropper(
      shorterSide: 30, crop: PixelSize(width: 20, height: 20), order: .rgb)
    let prepared = try cropper.prepare(frame)
    #expect(prepared.tensor.shape == Shape([1, 3, 20, 20]))
    #expect(prepared.letterbox.scaled == PixelSize(width: 60, height: 30))
    // Columns 20…40 of 60: all green but for the blended edges.
    for column in 2..<18 {
      let pixel = (0..<3).map { prepared.tensor.values[$0 * 400 + 10 * 20 + column] }
      #expect(pixel[0] < 8 && pixel[1] > 247 && pixel[2] < 8, "\(column): \(pixel)")
    }
    let same = CentreCropper(
      shorterSide: 60, crop: PixelSize(width: 60, height: 60), order: .bgr)
    let values = try same.prepare(frame).tensor.values
    // Column 0 of the crop is column 30 of the picture: red, the last plane.
    #expect(values[0] == 0 && values[3600] == 0 && values[7200] == 255)
    // Smaller than the crop: black around it, as torchvision has it.
    let around = CentreCropper(
      shorterSide: 60, crop: PixelSize(width: 124, height: 70), order: .rgb)
    let padded = try around.prepare(frame).tensor.values
    #expect(padded[0] == 0 && padded[5 * 124 + 1] == 0)
    #expect(padded[5 * 124 + 2] == 255 && padded[64 * 124 + 2] == 255 && padded[65 * 124 + 2] == 0)
    #expect(padded[2 * 70 * 124 + 5 * 124 + 121] == 255)
    #expect(padded[2 * 70 * 124 + 5 * 124 + 122] == 0)
  }

  @Test func `is drawn on as a small JPEG`() throws {
    let frame = try frame()
    let bytes = try annotatedJPEG(
      frame,
      detections: [
        Detection(box: Box(x1: 5, y1: 5, x2: 50, y2: 40), confidence: 0.9, classIndex: 0)
      ], classNames: ["cat"], longestSide: 48)
    let folder = try TemporaryFolder()
    let small = try readImage(path: try folder.write("small.jpg", bytes), number: 0)
    #expect(small.picture.width == 48 && small.picture.height == 32)
  }
}
