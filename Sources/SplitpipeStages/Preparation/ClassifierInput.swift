package import SplitpipeCore
import SplitpipeModel

/// How a picture becomes a classifier's input; the defaults are those of ImageNet models.
package struct ClassifierInput: Sendable, Hashable {
  /// Length of the shorter side after scaling, in pixels; nil for 256 / 224 of the crop.
  package var resize: Int?
  /// Side of the square cut out of the middle, in pixels; nil for the model's own, else 224.
  package var crop: Int?
  /// Per channel in the model's order, in the unit of `range`.
  package var mean: [Double] = [0.485, 0.456, 0.406]
  package var deviation: [Double] = [0.229, 0.224, 0.225]
  /// What a byte of 255 is before mean and deviation: 1 or 255.
  package var range = 1.0
  package var channelOrder = InputGeometry.ChannelOrder.rgb

  package init() {}

  /// The size of the network's input.
  ///
  /// - Throws: `usage` where the model takes another size than the one asked for.
  func crop(of model: Model) throws -> PixelSize {
    guard case .fixed(let fixed) = model.geometry.size else {
      let side = crop ?? 224
      return PixelSize(width: side, height: side)
    }
    if let crop, fixed != PixelSize(width: crop, height: crop) {
      throw SplitpipeError(
        .usage, "--crop is \(crop), but the model \(model.name) takes pictures of \(fixed) only")
    }
    return fixed
  }

  /// Length of the shorter side after scaling, in pixels.
  func shorterSide(crop: PixelSize) -> Int {
    resize ?? Int((Double(max(crop.width, crop.height)) * 256 / 224).rounded())
  }

  /// How the network reads a cropped picture.
  ///
  /// - Throws: `usage` for a mean or a deviation that cannot be.
  func geometry(crop: PixelSize) throws -> InputGeometry {
    guard mean.count == 3, deviation.count == 3, mean.allSatisfy(\.isFinite),
      deviation.allSatisfy({ $0.isFinite && $0 > 0 })
    else {
      throw SplitpipeError(
        .usage, "--mean and --std each take three numbers separated by commas, --std greater than 0"
      )
    }
    func triple(_ values: [Double]) -> SIMD3<Float> {
      SIMD3(Float(values[0]), Float(values[1]), Float(values[2]))
    }
    return InputGeometry(
      size: .fixed(crop), placement: .centred, channelOrder: channelOrder,
      byteScale: Float(range / 255),
      normalization: PixelNormalization(mean: triple(mean), deviation: triple(deviation)))
  }

  /// The same in words.
  func sentence(crop: PixelSize) -> String {
    let list = { (values: [Double]) in values.map { "\($0)" }.joined(separator: ",") }
    return
      "shorter side \(shorterSide(crop: crop)), middle \(crop), "
      + "\(channelOrder == .rgb ? "RGB" : "BGR") of 0…\(range == 1 ? "1" : "255"), "
      + "mean \(list(mean)), std \(list(deviation))"
  }
}
