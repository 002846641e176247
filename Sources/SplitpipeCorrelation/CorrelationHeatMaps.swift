import SplitpipeAnalysis
import SplitpipeCore
import SplitpipeMedia
import SplitpipeReport

extension CorrelationResult {
  /// Where codes change, over the frame that differs most; one picture per tensor that changed.
  ///
  /// - Parameter bits: the depth of the codes.
  /// - Returns: the pictures.
  /// - Throws: `badData` where the frame cannot be converted.
  func heatMaps(bits: Int) throws -> [ReportPicture] {
    guard let (frame, letterbox) = picture else { return [] }
    return try whole.tensors.compactMap { tensor in
      let changes = tensor.changes
      guard let shares = changes.shares, changes.height > 1, changes.width > 1 else { return nil }
      let map = HeatMap(columns: changes.width, rows: changes.height, values: shares)
      let mean = shares.reduce(0, +) / Double(max(1, shares.count))
      return ReportPicture(
        title: "\(tensor.name): change of codes at \(bits) bits",
        caption: "Full colour: \(percent(shares.max())) of codes changed from frame to frame; mean "
          + "over the picture \(percent(mean)). Over frame \(frame.stamp.index).",
        png: try heatMapPNG(map, over: frame, letterbox: letterbox, longestSide: 720))
    }
  }
}
