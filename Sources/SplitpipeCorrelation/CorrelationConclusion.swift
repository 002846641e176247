import SplitpipeReport

/// What the entropies say of a codec that looks at neighbours, and the rule by which they say it.
struct CorrelationConclusion {
  let sentence: String

  /// Printed under the sentence.
  static let rule =
    "Rule: entropies at the first bit depth, averaged over the tensors by their coefficients. "
    + "Saving = 1 − entropy given the neighbour / entropy without it (order0); in space the better "
    + "of the left and the upper neighbour, in time the code of the frame before. At least 25 %: "
    + "worth using; at least 10 %: of some use; less: not worth it. \"On top\" is the saving of the "
    + "left neighbour once the frame before is known. Range rule (Carra & Neglia): a neighbour is "
    + "of use where the 99.8 % range of the difference is at most half of that of the value."

  init(_ tensors: [CorrelationSummary.Tensor]) {
    func mean(_ value: (CorrelationSummary.Tensor) -> Double?) -> Double? {
      var (sum, weight) = (0.0, 0.0)
      for tensor in tensors {
        guard let value = value(tensor) else { return nil }
        let count = Double(tensor.shape.reduce(1, *))
        sum += value * count
        weight += count
      }
      return weight > 0 ? sum / weight : nil
    }
    guard let alone = mean({ $0.entropy.order0 }), alone > 0 else {
      sentence = "The codes are all the same: there is nothing left to predict."
      return
    }
    let space = [mean { $0.entropy.givenLeft }, mean { $0.entropy.givenUp }].compactMap { $0 }.min()
    let time = mean { $0.entropy.givenPrevious }
    var parts = [
      time.map { "time: \(Self.verdict(1 - $0 / alone))" } ?? "time: not measured",
      space.map { "space: \(Self.verdict(1 - $0 / alone))" } ?? "space: no neighbours",
    ]
    if let time, time > 0, let both = mean({ $0.entropy.givenPreviousAndLeft }) {
      parts.append("space on top of time: \(Self.verdict(1 - both / time))")
    }
    var text = parts.joined(separator: "; ") + "."
    text = text.prefix(1).uppercased() + text.dropFirst()
    if let own = mean({ $0.entropy.perChannel }) {
      text += " Telling channels apart, without any neighbour, \(Self.saving(1 - own / alone))."
    }
    let ratios = [
      ("time", mean { $0.rangeRatio.time }), ("rows", mean { $0.rangeRatio.row }),
      ("columns", mean { $0.rangeRatio.column }), ("channels", mean { $0.rangeRatio.channel }),
    ].compactMap { name, ratio in ratio.map { (name, $0) } }
    if !ratios.isEmpty {
      let useful = ratios.filter { $0.1 <= 0.5 }.map(\.0)
      text += " By ranges of differences alone, "
      text +=
        useful.isEmpty
        ? "no neighbour would seem of use" : "\(useful.joined(separator: ", ")) would seem of use"
      text +=
        " (" + ratios.map { "\($0.0) \(twoDecimals($0.1))" }.joined(separator: ", ") + ")."
    }
    sentence = text
  }

  private static func saving(_ share: Double) -> String {
    "saves \(Int((share * 100).rounded())) %"
  }

  private static func verdict(_ saving: Double) -> String {
    let share = Self.saving(saving)
    if saving >= 0.25 { return "worth using (\(share))" }
    return saving >= 0.1 ? "of some use (\(share))" : "not worth it (\(share))"
  }
}
