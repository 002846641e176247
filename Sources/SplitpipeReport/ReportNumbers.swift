/// A number with at most one decimal.
package func oneDecimal(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

/// A number with two decimals and the sign that print uses.
package func twoDecimals(_ value: Double) -> String { decimal(value, places: 2) }

/// A number with four decimals; a dash where there is none.
package func fourDecimals(_ value: Double?) -> String {
  value.map { decimal($0, places: 4) } ?? "–"
}

/// A share with one decimal; a dash where there is none.
package func percent(_ share: Double?) -> String {
  share.map { "\(oneDecimal($0 * 100)) %" } ?? "–"
}

/// Bytes in thousands with one decimal.
package func kilobytes(_ bytes: Double) -> String { oneDecimal(bytes / 1000) }

/// The last part of a path, for titles.
package func fileName(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

private func decimal(_ value: Double, places: Int) -> String {
  let scale = (0..<places).reduce(1) { product, _ in product * 10 }
  let scaled = Int((abs(value) * Double(scale)).rounded())
  let fraction = String(scaled % scale)
  return (value < 0 && scaled > 0 ? "−" : "") + "\(scaled / scale)."
    + String(repeating: "0", count: places - fraction.count) + fraction
}
