package import SplitpipeCore
package import SplitpipeMedia
package import SplitpipeModel

/// How pictures become a model's input: a letterbox for a detector, the middle for a classifier.
package struct InputPreparation: Sendable {
  /// The model's own, or what it was said to want.
  package let geometry: InputGeometry
  package let preparer: any FramePreparer
  /// The same in words, for reports.
  package let description: String

  /// - Parameters:
  ///   - model: what the pictures are for.
  ///   - settings: what a user says of it.
  ///   - chroma: how a detector's pictures get their colours.
  /// - Throws: `usage` for an input that the model cannot have.
  package init(
    for model: Model, _ settings: InputSettings, chroma: ScalingOptions.Chroma = .interpolated
  ) throws {
    // A head that is not read belongs to a relative of detectors, which sees what they see.
    if model.detector != nil || model.headProblem != nil {
      guard settings.resize == nil, settings.crop == nil else {
        throw SplitpipeError(
          .usage,
          "--resize and --crop are for classifiers, but \(model.name) is none; --size gives "
            + "the size of its input")
      }
      geometry = try model.fed(settings).geometry
      preparer = Letterboxer(geometry: geometry, options: ScalingOptions(chroma: chroma))
      description = Self.letterbox(geometry) + Self.pixels(settings)
    } else {
      let input = try ClassifierInput(model, settings)
      geometry = input.geometry
      preparer = CentreCropper(
        shorterSide: input.shorterSide, crop: input.crop, order: geometry.channelOrder)
      description = input.description
    }
  }

  private static func letterbox(_ geometry: InputGeometry) -> String {
    let size =
      switch (geometry.size, geometry.placement) {
      case (_, .stretched): "stretched to \(geometry.largestInput)"
      case (.rectangular(let longest, let stride), _):
        "longest side \(longest), padded to multiples of \(stride)"
      case (.fixed(let size), _): "letterbox of \(size)"
      }
    return
      "\(size)\(geometry.placement == .topLeft ? " from the corner" : ""), "
      + "\(geometry.channelOrder == .rgb ? "RGB" : "BGR")"
  }

  /// What a user says of the values of pixels, by the names of the options.
  private static func pixels(_ settings: InputSettings) -> String {
    func list(_ values: PlaneValues) -> String {
      (0..<3).map { "\(values.values[$0])" }.joined(separator: ",")
    }
    return [
      settings.range.map { "range \($0.rawValue)" }, settings.mean.map { "mean \(list($0))" },
      settings.deviation.map { "std \(list($0))" },
    ].compactMap { $0 }.map { ", " + $0 }.joined()
  }
}
