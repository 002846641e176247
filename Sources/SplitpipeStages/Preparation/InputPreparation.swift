package import SplitpipeCore
package import SplitpipeMedia
package import SplitpipeModel

/// How pictures become a model's input: a letterbox for a detector, the middle for a classifier.
package struct InputPreparation: Sendable {
  /// The model's own, or what a classifier was said to want.
  package let geometry: InputGeometry
  package let preparer: any FramePreparer
  /// The same in words, for reports.
  package let description: String

  /// - Parameters:
  ///   - model: what the pictures are for.
  ///   - classifier: used where the model is a classifier.
  ///   - chroma: how a detector's pictures get their colours.
  /// - Throws: `usage` for an input that a classifier cannot have.
  package init(
    for model: Model, classifier: ClassifierInput,
    chroma: ScalingOptions.Chroma = .interpolated
  ) throws {
    // A head that is not read belongs to a relative of detectors, which sees what they see.
    if model.detector != nil || model.headProblem != nil {
      geometry = model.geometry
      preparer = Letterboxer(geometry: geometry, options: ScalingOptions(chroma: chroma))
      description = Self.letterbox(geometry)
    } else {
      let crop = try classifier.crop(of: model)
      geometry = try classifier.geometry(crop: crop)
      preparer = CentreCropper(
        shorterSide: classifier.shorterSide(crop: crop), crop: crop, order: geometry.channelOrder)
      description = classifier.sentence(crop: crop)
    }
  }

  private static func letterbox(_ geometry: InputGeometry) -> String {
    let order = geometry.channelOrder == .rgb ? "RGB" : "BGR"
    return switch geometry.size {
    case .rectangular(let longest, let stride):
      "longest side \(longest), padded to multiples of \(stride), \(order)"
    case .fixed(let size): "letterbox of \(size), \(order)"
    }
  }
}
