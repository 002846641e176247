import SplitpipeCore
import SplitpipeMedia
import SplitpipeReport

/// A picture with what every tensor has to do with the answer, place by place: Grad-CAM's maps.
struct ImportanceMaps {
  let frame: Frame
  let letterbox: Letterbox
  /// By tensor.
  let values: [ImportanceValue]

  /// Sides of maps in a report at most; of a longer one neighbours are added up.
  private static let longestSide = 48
  private static let pictureSide = 480

  /// - Parameter shapes: of the tensors.
  /// - Returns: the picture with a map for each tensor.
  /// - Throws: `badData` where the picture cannot be converted.
  func picture(shapes: [Shape]) throws -> ReportMaps.Picture {
    let (width, height) = (Double(letterbox.scaled.width), Double(letterbox.scaled.height))
    return ReportMaps.Picture(
      title: frame.fileName ?? "frame \(frame.stamp.index)",
      jpeg: try annotatedJPEG(
        frame, detections: [], classNames: [], longestSide: Self.pictureSide),
      left: -Double(letterbox.left) / width, top: -Double(letterbox.top) / height,
      width: Double(letterbox.input.width) / width,
      height: Double(letterbox.input.height) / height,
      maps: zip(values, shapes).map { Self.map($0, $1) })
  }

  private static func map(_ value: ImportanceValue, _ shape: Shape) -> ReportMaps.Map {
    // A tensor without places has one number for the whole picture.
    let width = shape.rank == 4 ? shape[3] : 1
    let height = width > 0 ? value.map.count / width : 0
    let step = max(1, (max(width, height) + longestSide - 1) / longestSide)
    let (columns, rows) = ((width + step - 1) / step, (height + step - 1) / step)
    var sums = [Float](repeating: 0, count: columns * rows)
    for row in 0..<height {
      for column in 0..<width {
        sums[row / step * columns + column / step] += max(0, value.map[row * width + column])
      }
    }
    return ReportMaps.Map(sums, width: columns)
  }
}
