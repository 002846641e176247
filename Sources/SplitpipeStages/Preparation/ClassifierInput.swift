import SplitpipeCore
import SplitpipeModel

/// How a picture becomes a classifier's input; what nobody says is as ImageNet models want it.
struct ClassifierInput: Sendable, CustomStringConvertible {
  /// Size of the network's input, in pixels, cut out of the middle.
  let crop: PixelSize
  /// Length of the shorter side after scaling, in pixels.
  let shorterSide: Int
  /// How the network reads a cropped picture.
  let geometry: InputGeometry
  private let range: PixelRange

  private static let mean = SIMD3<Float>(0.485, 0.456, 0.406)
  private static let deviation = SIMD3<Float>(0.229, 0.224, 0.225)
  private static let usualSide = 224

  /// - Throws: `usage` for an input that the model cannot have.
  init(_ model: Model, _ settings: InputSettings) throws(SplitpipeError) {
    guard settings.letterbox == nil else {
      throw SplitpipeError(
        .usage,
        "--letterbox is for detectors, but \(model.name) is a classifier, whose input is cut out of "
          + "the middle; --resize and --crop say how")
    }
    if settings.size != nil, settings.crop != nil {
      throw SplitpipeError(.usage, "--size and --crop say the same of a classifier; give one")
    }
    crop = try Self.crop(of: model, settings)
    shorterSide =
      settings.resize
      ?? Int((Double(max(crop.width, crop.height)) * 256 / Double(Self.usualSide)).rounded())
    range = settings.range ?? .one
    var filled = settings
    filled.size = nil
    filled.range = range
    filled.mean = settings.mean ?? PlaneValues(Self.mean)
    filled.deviation = settings.deviation ?? PlaneValues(Self.deviation)
    filled.channels = settings.channels ?? .rgb
    filled.letterbox = .centred
    var geometry = try model.fed(filled).geometry
    geometry.size = .fixed(crop)
    self.geometry = geometry
  }

  private static func crop(
    of model: Model, _ settings: InputSettings
  ) throws(SplitpipeError) -> PixelSize {
    guard case .fixed = model.geometry.size else {
      switch settings.size {
      case .exactly(let size): return size
      case .longest(let side): return PixelSize(width: side, height: side)
      case nil:
        let side = settings.crop ?? usualSide
        return PixelSize(width: side, height: side)
      }
    }
    var sized = InputSettings()
    sized.size = settings.size ?? settings.crop.map { .longest($0) }
    guard case .fixed(let own) = try model.fed(sized).geometry.size else {
      throw SplitpipeError(.bug, "the size of \(model.name) is no longer fixed")
    }
    return own
  }

  /// The same in words.
  var description: String {
    let list = { (values: SIMD3<Float>) in
      (0..<3).map { "\(values[$0])" }.joined(separator: ",")
    }
    return
      "shorter side \(shorterSide), middle \(crop), "
      + "\(geometry.channelOrder == .rgb ? "RGB" : "BGR") of 0…\(range.rawValue), "
      + "mean \(list(geometry.normalization?.mean ?? .zero)), "
      + "std \(list(geometry.normalization?.deviation ?? SIMD3(repeating: 1)))"
  }
}
