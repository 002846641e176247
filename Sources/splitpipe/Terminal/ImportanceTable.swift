internal import Glibc
import SplitpipeEvaluation

/// An importance curve as a person reads it in a terminal.
struct ImportanceTable {
  private let summary: ImportanceSummary

  init(_ summary: ImportanceSummary) { self.summary = summary }

  var text: String {
    let peaks = Set(summary.candidates.cui)
    let smaller = Set(summary.candidates.cde)
    let rows = summary.tensors.map { tensor in
      [
        tensor.label, tensor.shapeText,
        scientific(tensor.mean), scientific(tensor.standardDeviation), bar(tensor.mean),
        tensor.label == summary.candidates.cui.first
          ? "peak" : peaks.contains(tensor.label) ? "maximum" : "",
        smaller.contains(tensor.label) ? "CDE" : "",
      ]
    }
    let head = ["tensor", "shape", "mean", "spread", "log scale", "CUI", "CDE"]
    var lines = [
      "\(summary.model), \(summary.method) (\(summary.definition)) of \(summary.target): "
        + "\(summary.images) pictures"
        + (summary.empty > 0 ? ", \(summary.empty) with nothing to differentiate" : ""),
      "", Text.table([head] + rows),
    ]
    if let peak = summary.candidates.cui.first {
      lines += [
        "", "highest at \(peak); local maxima: " + list(summary.candidates.cui.dropFirst()),
      ]
    }
    for relevance in summary.relevance ?? [] { lines.append(sentence(relevance)) }
    lines.append("tensors that become smaller (CDE): " + list(summary.candidates.cde[...]))
    return lines.joined(separator: "\n")
  }

  private func sentence(_ relevance: RelevanceSummary) -> String {
    func percent(_ share: Double) -> String { Text.decimal(share * 100, 1) + " %" }
    return "\(relevance.tensor): of the \(percent(relevance.share)) most relevant coefficients "
      + "\(percent(relevance.zeros.relevant)) are zero and \(percent(relevance.small.relevant)) small, of "
      + "all \(percent(relevance.zeros.all)) and \(percent(relevance.small.all)); \(relevance.verdict)"
  }

  private func list(_ names: ArraySlice<String>) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return names.isEmpty ? "none" : names.count > 8 ? "\(shown) …" : shown
  }

  private static let width = 24

  /// A bar from the smallest to the largest mean, by logarithm.
  private func bar(_ value: Double) -> String {
    let means = summary.tensors.map(\.mean).filter { $0 > 0 }
    guard value > 0, let low = means.min(), let high = means.max(), high > low else { return "" }
    let share = (log(value) - log(low)) / (log(high) - log(low))
    return String(repeating: "█", count: 1 + Int((share * Double(Self.width - 1)).rounded()))
  }
}
