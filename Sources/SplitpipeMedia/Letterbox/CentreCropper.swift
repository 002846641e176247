import CFFmpeg
package import SplitpipeCore
import Synchronization

/// Scales frames so that their shorter side has a given length and cuts out the middle: what
/// classifiers of ImageNet are fed with (torchvision's `Resize` and `CenterCrop`). A side that is shorter
/// than the crop's has black around it.
///
/// Shrinking averages over all pixels that fall under one (a triangle that widens), as Pillow's
/// bilinear filter does. A picture that has the size already is only converted to RGB.
package final class CentreCropper: FramePreparer {
  private let shorterSide: Int
  private let crop: PixelSize
  private let order: InputGeometry.ChannelOrder
  private let cache = Mutex(ScalerCache())

  /// - Parameters:
  ///   - shorterSide: length of the shorter side after scaling, in pixels.
  ///   - crop: size of the network's input.
  ///   - order: order of the colour planes.
  package init(shorterSide: Int, crop: PixelSize, order: InputGeometry.ChannelOrder) {
    _ = FFmpegLibrary.ready
    self.shorterSide = max(1, shorterSide)
    self.crop = crop
    self.order = order
  }

  package func prepare(_ frame: Frame) throws -> PreparedInput {
    let picture = try FFmpegPicture.of(frame)
    let size = picture.shownSize
    // The longer side is rounded down, as torchvision does.
    let isWide = size.width >= size.height
    let longer =
      shorterSide * max(size.width, size.height) / max(1, min(size.width, size.height))
    let scaled = PixelSize(
      width: isWide ? longer : shorterSide, height: isWide ? shorterSide : longer)
    // Half pixels go to the even side, as torchvision's crop does.
    let corner = (
      x: Int((Double(scaled.width - crop.width) / 2).rounded(.toNearestOrEven)),
      y: Int((Double(scaled.height - crop.height) / 2).rounded(.toNearestOrEven))
    )
    let tensor = try cache.withLock { cache in
      let scaler = try cache.scaler(
        for: ScalingTask(
          source: PixelLayout(picture.frame), target: picture.orientation.applied(to: scaled),
          flags: ScalingOptions.Kernel.triangle.flags))
      try scaler.run(picture.frame)
      return scaler.tensor(
        crop: crop, at: corner, orientation: picture.orientation, order: order)
    }
    return PreparedInput(
      tensor: tensor,
      letterbox: Letterbox(
        frame: picture.size, shown: size, input: crop, scaled: scaled, left: -corner.x,
        top: -corner.y))
  }
}
