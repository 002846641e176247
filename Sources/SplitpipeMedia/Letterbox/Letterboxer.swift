import CFFmpeg
public import SplitpipeCore
import Synchronization

/// Scales frames with libswscale into the network's input and pads them with grey (114).
///
/// **Which scaler.** libswscale computes planes of 16 bits (`GBRP16`) in a scratch that is rounded
/// to bytes as it is written into the tensor. That is no detour: at 8 bits of output the flag
/// `fast_bilinear` selects a horizontal loop whose samples lie half a pixel off and whose rounding
/// is coarse, and every other kernel widens when it shrinks a picture; at 16 bits the same flag
/// gives a centred filter of exactly two taps, which is what the official preprocessing does
/// (OpenCV `INTER_LINEAR`). It is no slower, and what libswscale writes past the end of a row stays
/// in the scratch. Mean absolute difference from OpenCV's input over five images (JPEG decoded by
/// FFmpeg, in steps of 1/255), and for the one that shrinks by 1.69:
///
/// | flags, with accurate_rnd, full_chroma_int, full_chroma_inp | output | mean | bus.jpg |
/// | --- | --- | --- | --- |
/// | fast_bilinear | 16 bits, rounded | 0.18 | 0.39 |
/// | area | either | 0.67 | 2.83 |
/// | bicubic | 8 bits | 0.82 | 3.39 |
/// | bilinear | either | 1.02 | 4.05 |
/// | point | either | 1.55 | 5.56 |
/// | fast_bilinear | 8 bits | 1.75 | 5.55 |
/// | fast_bilinear, no other flag | 8 bits packed | 3.49 | 5.85 |
public final class Letterboxer: FramePreparer {
  private let geometry: InputGeometry
  private let options: ScalingOptions
  private let cache = Mutex(ScalerCache())

  /// - Parameters:
  ///   - geometry: what the network expects.
  ///   - options: how frames are scaled.
  public init(geometry: InputGeometry, options: ScalingOptions = ScalingOptions()) {
    _ = FFmpegLibrary.ready
    self.geometry = geometry
    self.options = options
  }

  /// Makes the 1×3×H×W input of one frame, H and W by the rule of the geometry.
  ///
  /// Throws `badData` where libswscale cannot read the frame's pixel format.
  public func prepare(_ frame: Frame) throws -> PreparedInput {
    let picture = try FFmpegPicture.of(frame)
    let letterbox = Letterbox(
      frame: picture.size, shown: picture.shownSize, geometry: geometry)
    let tensor = try cache.withLock { cache in
      let scaler = try cache.scaler(
        for: ScalingTask(
          source: PixelLayout(picture.frame),
          target: picture.orientation.applied(to: letterbox.scaled),
          flags: options.kernel.flags, replicatesChroma: options.chroma == .replicated))
      try scaler.run(picture.frame)
      return scaler.tensor(
        letterbox: letterbox, orientation: picture.orientation, order: geometry.channelOrder)
    }
    return PreparedInput(tensor: tensor, letterbox: letterbox)
  }
}

/// How `Letterboxer` scales.
public struct ScalingOptions: Hashable, Sendable {
  /// How many source pixels make one input pixel.
  public enum Kernel: String, Hashable, Sendable, CaseIterable {
    /// The two nearest in each direction, whatever the scale: what OpenCV's `INTER_LINEAR` does.
    case twoTap
    /// A triangle that widens as the picture shrinks.
    case triangle
    /// All that fall under the input pixel, equally.
    case area
    /// A cubic that widens as the picture shrinks.
    case cubic

    var flags: Int32 {
      let accurate = SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
      switch self {
      case .twoTap: return accurate | SWS_FAST_BILINEAR
      case .triangle: return accurate | SWS_BILINEAR
      case .area: return accurate | SWS_AREA
      case .cubic: return accurate | SWS_BICUBIC
      }
    }
  }

  /// How colour planes of half the resolution become colours of pixels.
  public enum Chroma: String, Hashable, Sendable, CaseIterable {
    /// In between the samples, at the size of the network's input: smoother from frame to frame.
    case interpolated
    /// The nearest sample, at the size of the frame, as OpenCV reads videos: what the official
    /// preprocessing of a video does.
    case replicated
  }

  /// What makes one pixel of several.
  public var kernel: Kernel
  /// What makes colours of fewer samples.
  public var chroma: Chroma

  /// Joins the options.
  public init(kernel: Kernel = .twoTap, chroma: Chroma = .interpolated) {
    self.kernel = kernel
    self.chroma = chroma
  }
}
