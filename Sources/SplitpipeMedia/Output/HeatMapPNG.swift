import CFFmpeg
package import SplitpipeCore

/// Numbers for the cells of a grid that covers the network's input.
package struct HeatMap: Sendable {
  package let columns: Int
  package let rows: Int
  /// Row after row, 0 or more each.
  package let values: [Double]

  /// - Precondition: `rows · columns` values.
  package init(columns: Int, rows: Int, values: [Double]) {
    precondition(values.count == rows * columns, "a value for each cell")
    self.columns = columns
    self.rows = rows
    self.values = values
  }
}

/// A frame in grey under a heat map, as the bytes of a PNG file: the more a cell holds, the redder
/// and the less transparent it is; the largest value is full.
///
/// - Parameters:
///   - map: the numbers.
///   - frame: the picture.
///   - letterbox: how the picture lies in the network's input.
///   - longestSide: the most pixels a side of the result has; smaller pictures keep their size.
/// - Returns: the file's bytes.
/// - Throws: `badData` where the picture cannot be converted.
package func heatMapPNG(
  _ map: HeatMap, over frame: Frame, letterbox: Letterbox, longestSide: Int
) throws -> [UInt8] {
  _ = FFmpegLibrary.ready
  let picture = try FFmpegPicture.of(frame)
  let shown = picture.shownSize
  let shrink = min(1, Double(longestSide) / Double(max(shown.width, shown.height, 1)))
  let size = PixelSize(
    width: max(1, Int((Double(shown.width) * shrink).rounded())),
    height: max(1, Int((Double(shown.height) * shrink).rounded())))
  var painter = try FramePainter(size: size, names: [], isStill: true)
  try painter.paint(picture, detections: [])
  guard let plane = unsafe painter.canvas.pixels.plane(0), map.columns > 0, map.rows > 0 else {
    throw SplitpipeError(.bug, "a heat map without cells or a canvas without pixels")
  }
  let largest = max(map.values.max() ?? 0, .leastNormalMagnitude)
  /// The cell of each pixel along one side of the canvas.
  func cells(_ count: Int, origin: Int, scaled: Int, input: Int, cells: Int) -> [Int] {
    (0..<count).map { pixel in
      let place = (Double(pixel) + 0.5) / Double(count) * Double(scaled) + Double(origin)
      return min(max(Int(place / Double(max(1, input)) * Double(cells)), 0), cells - 1)
    }
  }
  let columns = cells(
    size.width, origin: letterbox.left, scaled: letterbox.scaled.width,
    input: letterbox.input.width, cells: map.columns)
  let rows = cells(
    size.height, origin: letterbox.top, scaled: letterbox.scaled.height,
    input: letterbox.input.height, cells: map.rows)
  let bytesPerRow = unsafe plane.bytesPerRow
  for y in 0..<size.height {
    let line = unsafe UnsafeMutableRawPointer(plane.0 + y * bytesPerRow)
    for x in 0..<size.width {
      let value = map.values[rows[y] * map.columns + columns[x]] / largest
      let pixel = unsafe line.load(fromByteOffset: x * 4, as: UInt32.self)
      unsafe line.storeBytes(
        of: tinted(pixel, by: min(max(value, 0), 1)), toByteOffset: x * 4, as: UInt32.self)
    }
  }
  var bytes: [UInt8] = []
  try unsafe encodeStill(
    painter.canvas, encoder: "png", format: AV_PIX_FMT_RGB24, output: "a heat map"
  ) { bytes += unsafe Array($0) }
  return bytes
}

/// A pixel, 0x00RRGGBB, in grey under a colour from yellow (little) to red (much).
private func tinted(_ pixel: UInt32, by value: Double) -> UInt32 {
  let (red, green, blue) = (pixel >> 16 & 0xFF, pixel >> 8 & 0xFF, pixel & 0xFF)
  let grey = Double(red) * 0.299 + Double(green) * 0.587 + Double(blue) * 0.114
  let opacity = 0.8 * value
  func mixed(_ colour: Double) -> UInt32 {
    UInt32(min(max((1 - opacity) * grey + opacity * colour, 0), 255))
  }
  return mixed(255) << 16 | mixed(220 * (1 - value)) << 8 | mixed(0)
}
