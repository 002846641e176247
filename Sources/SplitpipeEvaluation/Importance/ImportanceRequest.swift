package import SplitpipeModel

/// How the importance of a tensor is read off its values F and the gradients ∂y/∂F.
package enum ImportanceMethod: String, CaseIterable, Sendable {
  /// Channels weighed by their mean gradient, summed, negative places left out: Selvaraju et al.,
  /// "Grad-CAM", as Cunico et al., "I-SPLIT", equation 1, use it.
  case gradCAM = "grad-cam"
  /// The mean gradient alone, equation 2 of "I-SPLIT" without F.
  case gradients
}

/// What stands before the sum of `ImportanceMethod.gradCAM`, of which the paper says less than its code.
package enum ImportanceDefinition: String, CaseIterable, Sendable {
  /// Means over channels and places, as the authors' program computes it.
  case code
  /// Equation 1 as it is printed: the sum over places, divided by the channels.
  case paper
  /// The sum of `code` over this tensor and all behind it, equation 2.
  case cumulative
}

/// What number of the output is differentiated.
package enum ImportanceTarget: String, CaseIterable, Sendable {
  /// A classifier's score of the label.
  case label
  /// A classifier's best score.
  case prediction
  /// The scores of the boxes that a detector keeps.
  case kept
  /// The scores of those that lie on an object of the labels.
  case truth
}

/// What a user asks of an importance curve.
package struct ImportanceRequest: Sendable {
  package var data: DatasetRequest
  package var model: String
  /// Tensors, named as splits are; none for every usable split.
  package var splits: [String] = []
  package var method = ImportanceMethod.gradCAM
  package var definition = ImportanceDefinition.code
  /// nil for the label where there is one, else the prediction; for a detector the boxes it keeps.
  package var target: ImportanceTarget?
  /// Classes that count, by name or number; none for all.
  package var classes: [String] = []
  /// The share of coefficients, 0…1, that are looked at as the most relevant ones of the tensors that
  /// `splits` name; nil for none.
  package var relevance: Double?
  /// Pictures used at most; nil uses all.
  package var limit: Int?
  package var input = InputSettings()
  package var summary: String?
  package var report: String?
  /// Goes on with the state that an interrupted run left.
  package var resume = false

  package init(dataset: String, model: String) {
    data = DatasetRequest(dataset)
    self.model = model
  }

  /// Where the state of an unfinished run lies; nil where nothing says which file it belongs to.
  package var statePath: String? { (summary ?? report).map { $0 + ".importance" } }
}
