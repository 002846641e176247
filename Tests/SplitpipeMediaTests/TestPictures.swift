import Foundation
import SplitpipeCore
import SplitpipeTestSupport

@testable import SplitpipeMedia

extension TemporaryFolder {
  /// A portable pixmap whose colour (red, green, blue) is given per pixel.
  @discardableResult
  func writePixmap(
    _ name: String, _ size: PixelSize, _ colour: (_ x: Int, _ y: Int) -> (UInt8, UInt8, UInt8)
  ) throws -> String {
    var bytes = Array("P6\n\(size.width) \(size.height)\n255\n".utf8)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let (red, green, blue) = colour(x, y)
        bytes += [red, green, blue]
      }
    }
    return try write(name, bytes)
  }

  /// A video made by our own writer: the given number of frames, each the same four quadrants.
  func writeQuadrants(_ name: String, _ size: PixelSize, frames: Int) throws -> String {
    let picture = try writePixmap("quadrants.ppm", size) { x, y in
      quadrantColour(x * 2 / size.width, y * 2 / size.height)
    }
    let source = try openFrameSource(picture)
    guard let still = try source.next() else { throw SplitpipeError(.bug, "no picture") }
    let writer = try AnnotatedVideoWriter(path: file(name), classNames: [])
    for index in 0..<frames {
      try writer.append(still.at(index, seconds: Double(index) / 25), detections: [])
    }
    try writer.finish()
    return file(name)
  }
}

/// One frame as a picture file, with boxes.
func writePicture(
  _ frame: Frame, detections: [Detection] = [], classNames: [String] = [], to path: String
) throws {
  let writer = try AnnotatedVideoWriter(path: path, classNames: classNames)
  try writer.append(frame, detections: detections)
  try writer.finish()
}

/// Red, green above blue, white.
func quadrantColour(_ column: Int, _ row: Int) -> (UInt8, UInt8, UInt8) {
  switch (column, row) {
  case (0, 0): (220, 30, 30)
  case (1, 0): (30, 220, 30)
  case (0, 1): (30, 30, 220)
  default: (230, 230, 230)
  }
}

extension Frame {
  func at(_ index: Int, seconds: Double) -> Frame {
    Frame(
      stamp: FrameStamp(index: index, seconds: seconds), picture: picture,
      sourceBytes: sourceBytes, fileName: fileName)
  }
}

/// The input of a frame at its own size, so that pixels can be read.
func pixels(of frame: Frame) throws -> Tensor<UInt8> {
  let size = PixelSize(width: frame.picture.width, height: frame.picture.height)
  return try Letterboxer(
    geometry: InputGeometry(
      size: .fixed(size), placement: .topLeft, channelOrder: .rgb, byteScale: 1)
  ).prepare(frame).tensor
}

extension Tensor<UInt8> {
  /// Red, green, blue at a pixel of a 1×3×H×W tensor.
  func colour(_ x: Int, _ y: Int) -> [Int] {
    (0..<3).map { Int(values[($0 * shape[2] + y) * shape[3] + x]) }
  }
}

/// All frames, the error that ended them, and how many were skipped.
func drain(_ path: String) -> (frames: Int, skipped: Int, error: SplitpipeError?) {
  var frames = 0
  do {
    let source = try openFrameSource(path)
    do {
      while try source.next() != nil { frames += 1 }
      return (frames, source.skipped, nil)
    } catch {
      return (frames, source.skipped, error as? SplitpipeError)
    }
  } catch {
    return (0, 0, error as? SplitpipeError)
  }
}
