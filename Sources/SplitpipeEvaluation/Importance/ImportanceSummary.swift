internal import Glibc

/// What `splitpipe importance --summary` writes; the keys are the command line's contract.
package struct ImportanceSummary: Encodable, Sendable {
  /// A tensor of the curve.
  package struct Tensor: Encodable, Sendable {
    package let name: String
    /// The module path that ends in it; nil where there is none.
    package let module: String?
    package let shape: [Int]
    package let mean: Double
    /// Over pictures.
    package let standardDeviation: Double
    /// Means over the pictures that show a class, by its name.
    package let perClass: [String: Double]

    /// What a person calls it.
    package var label: String { module ?? name }

    package var shapeText: String { shape.map(String.init).joined(separator: "×") }
  }

  /// Where to cut.
  package struct Candidates: Encodable, Sendable {
    /// Peak of the curve and its local maxima, the highest first.
    package let cui: [String]
    /// Tensors smaller than the one before: Sbai et al. 2021, as Cunico et al. use them.
    package let cde: [String]
  }

  package let dataset: String
  package let model: String
  package let method: String
  package let definition: String
  package let target: String
  /// Pictures that the means are of.
  package let images: Int
  /// Pictures that have nothing to differentiate: no box is kept, or none of the classes asked for.
  package let empty: Int
  /// Pictures of the dataset.
  package let total: Int
  package let complete: Bool
  package let skipped: [SkippedImage]
  package let tensors: [Tensor]
  package let candidates: Candidates
  /// By tensor, where it was asked for.
  package let relevance: [RelevanceSummary]?
  package let notes: [String]

  private enum CodingKeys: String, CodingKey {
    case dataset, model, method, definition, target, images, empty, total, complete, skipped
    case tensors, candidates, relevance
  }
}

extension ImportanceSummary.Candidates {
  /// - Parameter tensors: in the order of the graph.
  init(_ tensors: [ImportanceSummary.Tensor]) {
    let means = tensors.map(\.mean)
    let maxima = tensors.indices.filter { index in
      let before = index > 0 ? means[index - 1] : -.infinity
      let behind = index + 1 < means.count ? means[index + 1] : -.infinity
      return means[index] > 0 && means[index] > before && means[index] >= behind
    }
    cui = maxima.sorted { means[$0] > means[$1] }.map { tensors[$0].label }
    let sizes = tensors.map { $0.shape.reduce(1, *) }
    cde = tensors.indices.dropFirst().filter { sizes[$0] < sizes[$0 - 1] }.map {
      tensors[$0].label
    }
  }
}

/// Three digits, as 1.23e-5.
package func scientific(_ value: Double) -> String {
  guard value > 0 else { return "0" }
  let exponent = Int(log10(value).rounded(.down))
  let digits = (value / pow(10, Double(exponent)) * 100).rounded() / 100
  return "\(digits)e\(exponent)"
}
