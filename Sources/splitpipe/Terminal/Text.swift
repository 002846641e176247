import SplitpipeCore
import SplitpipeDetection
import SplitpipeFiles

/// Numbers and columns for people.
enum Text {
  /// A number with a fixed count of decimals.
  static func decimal(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
    let scaled = Int((abs(value) * scale).rounded())
    let whole = scaled / Int(scale)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + String(whole) }
    let fraction = String(scaled % Int(scale))
    return sign + String(whole) + "."
      + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// Bytes in thousands, as the contract counts them.
  static func kilobytes(_ bytes: Double) -> String { decimal(bytes / 1000, 1) + " kB" }

  /// Bytes in millions.
  static func megabytes(_ bytes: Int) -> String { decimal(Double(bytes) / 1e6, 1) + " MB" }

  /// Seconds as minutes and seconds, `1:05`.
  static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "∞" }
    let whole = Int(max(0, seconds))
    let rest = String(whole % 60)
    return "\(whole / 60):\(rest.count < 2 ? "0" : "")\(rest)"
  }

  /// Seconds as milliseconds.
  static func milliseconds(_ seconds: Double) -> String { decimal(seconds * 1000, 2) + " ms" }

  /// Which boxes mAP is computed of; `noun` is what they are found in.
  static func scoredBoxes(per noun: String) -> String {
    let settings = DetectionSettings.evaluation
    return "boxes of confidence \(decimal(Double(settings.confidence), 3)) and more, "
      + "suppressed at IoU \(decimal(settings.overlap, 1)), "
      + "at most \(settings.maximumDetections) a \(noun)"
  }

  /// What was typed, quoted for a shell where needed, credentials left out.
  static var commandLine: String {
    processArguments.enumerated().map { index, argument in
      shellWord(index == 0 ? "splitpipe" : redacted(argument))
    }
    .joined(separator: " ")
  }

  /// Rows with their columns aligned to the widest cell; the first column to the left, the others
  /// to the right where `numeric`.
  static func table(_ rows: [[String]], numeric: Bool = false) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        let isLast = column == row.count - 1
        line += numeric && column > 0 ? padding + cell : cell + (isLast ? "" : padding)
        if !isLast { line += "  " }
      }
      return line
    }
    .joined(separator: "\n")
  }
}
