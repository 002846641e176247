/// How a frame lies in the network's input: scaled to fit, the rest padded with grey; or stretched to
/// fill it.
///
/// Geometry of the official YOLOv5 `letterbox` (see `init(frame:geometry:)`). Boxes come back by what was
/// done to the pixels, exactly: each axis by its own scale, `scaled` over `frame`, from the whole pixel
/// at which the picture was placed.
public struct Letterbox: Hashable, Sendable {
  /// Size of the frame that boxes are in pixels of, upright.
  public let frame: PixelSize
  /// Size of the frame as a person sees it, in square pixels; that of `frame` unless its own pixels are
  /// shown wider or narrower than they are high.
  public let shown: PixelSize
  /// Size of the network's input.
  public let input: PixelSize
  /// Size of the frame after scaling.
  public let scaled: PixelSize
  /// Left edge of the scaled frame inside the input, in whole pixels; negative where it is cut off.
  public let left: Int
  /// Top edge of the scaled frame inside the input, in whole pixels; negative where it is cut off.
  public let top: Int

  /// The grey of the padding, from the official implementation.
  public static let padding: UInt8 = 114

  package init(
    frame: PixelSize, shown: PixelSize, input: PixelSize, scaled: PixelSize, left: Int, top: Int
  ) {
    self.frame = frame
    self.shown = shown
    self.input = input
    self.scaled = scaled
    self.left = left
    self.top = top
  }

  /// Input pixels per frame pixel along a row.
  public var scaleX: Double { Double(scaled.width) / Double(frame.width) }
  /// Input pixels per frame pixel along a column.
  public var scaleY: Double { Double(scaled.height) / Double(frame.height) }

  /// The same picture in other pixels of its own: boxes come back in pixels of `frame`.
  ///
  /// - Parameter frame: the size that it has there.
  /// - Returns: the way to these pixels.
  /// - Precondition: at least one pixel.
  public func mapping(to frame: PixelSize) -> Letterbox {
    precondition(frame.width > 0 && frame.height > 0, "a frame has at least one pixel")
    return Letterbox(
      frame: frame, shown: shown, input: input, scaled: scaled, left: left, top: top)
  }

  /// Maps a box from input pixels to frame pixels and clips it to the frame.
  public func frameFromModel(_ box: Box) -> Box {
    func map(_ value: Float, _ origin: Int, _ scale: Double, _ limit: Int) -> Float {
      min(max(Float((Double(value) - Double(origin)) / scale), 0), Float(limit))
    }
    return Box(
      x1: map(box.x1, left, scaleX, frame.width), y1: map(box.y1, top, scaleY, frame.height),
      x2: map(box.x2, left, scaleX, frame.width), y2: map(box.y2, top, scaleY, frame.height))
  }
}

/// What a network expects to see: the size rule, where padding goes, and how bytes become floats.
public struct InputGeometry: Hashable, Sendable {
  /// Which input sizes the network takes.
  public enum Size: Hashable, Sendable {
    /// Exactly this size.
    case fixed(PixelSize)
    /// The longest side scaled to `longest`, each side padded up to a multiple of `stride`; both sides
    /// scaled to it, up to such a multiple, where pictures are stretched.
    case rectangular(longest: Int, stride: Int)
  }
  /// Where the scaled frame lies in the input.
  public enum Placement: String, Hashable, Sendable, CaseIterable {
    /// In the middle, padded on both sides.
    case centred = "centre"
    /// In the top left corner, padded to the right and below.
    case topLeft = "corner"
    /// Nowhere in particular: each axis is scaled by itself, so that nothing is left to pad.
    case stretched = "stretch"
  }
  /// The order of the colour planes.
  public enum ChannelOrder: String, Hashable, Sendable, CaseIterable {
    /// Red first.
    case rgb
    /// Blue first.
    case bgr
  }

  /// Which input sizes it takes.
  public var size: Size
  /// Where padding goes, or that there is none.
  public var placement: Placement
  /// The order of its colour planes.
  public var channelOrder: ChannelOrder
  /// Each byte is multiplied by this to make the network's float input (1/255 or 1).
  public var byteScale: Float
  /// What is done to each colour plane after that; nil for nothing, as detectors want it.
  public var normalization: PixelNormalization?

  /// Joins what a network expects.
  public init(
    size: Size, placement: Placement, channelOrder: ChannelOrder, byteScale: Float,
    normalization: PixelNormalization? = nil
  ) {
    self.size = size
    self.placement = placement
    self.channelOrder = channelOrder
    self.byteScale = byteScale
    self.normalization = normalization
  }
}

extension InputGeometry {
  /// The input of a square picture: the size at which a model is looked at where no picture is given.
  package var largestInput: PixelSize {
    switch size {
    case .fixed(let size): size
    case .rectangular(let longest, let stride):
      PixelSize(
        width: (longest + stride - 1) / stride * stride,
        height: (longest + stride - 1) / stride * stride)
    }
  }
}

/// Per plane, in the order of the network's planes: (value − mean) / deviation.
public struct PixelNormalization: Hashable, Sendable {
  /// In the unit of the scaled bytes.
  public let mean: SIMD3<Float>
  /// In the unit of the scaled bytes; never 0.
  public let deviation: SIMD3<Float>

  /// - Precondition: all numbers are finite and no deviation is 0.
  public init(mean: SIMD3<Float>, deviation: SIMD3<Float>) {
    precondition(
      (0..<3).allSatisfy { mean[$0].isFinite && deviation[$0].isFinite && deviation[$0] != 0 },
      "a mean is finite and a deviation not 0")
    self.mean = mean
    self.deviation = deviation
  }
}

/// A frame made ready for the network: planes of bytes, shape 1×3×H×W, and the way back.
public struct PreparedInput: Sendable {
  /// 1×3×H×W, in the channel order that the network expects.
  public let tensor: Tensor<UInt8>
  /// How the frame lies in the tensor.
  public let letterbox: Letterbox

  /// Joins tensor and geometry.
  public init(tensor: Tensor<UInt8>, letterbox: Letterbox) {
    self.tensor = tensor
    self.letterbox = letterbox
  }
}

extension Letterbox {
  /// The official rectangular letterbox: scale = longest / longest side of the frame, sides rounded
  /// half to even, padding to a multiple of the stride split between both sides (the odd pixel goes
  /// right and below).
  ///
  /// Boxes map back otherwise than by the official `scale_boxes` of YOLOv5 v7.0, which takes off half the
  /// padding where the picture was placed at a whole pixel, and divides both axes by one scale although
  /// each was rounded by itself: up to half an input pixel off.
  ///
  /// A stretched picture fills the input, whatever its shape, as the makers of RT-DETR feed it
  /// (`Resize` to a square, without keeping the ratio).
  ///
  /// - Parameters:
  ///   - frame: size of the frame, upright.
  ///   - shown: its size in square pixels, which is what is fitted; nil where its pixels are square.
  ///   - geometry: what the network expects.
  /// - Precondition: all sizes are at least 1.
  public init(frame: PixelSize, shown: PixelSize? = nil, geometry: InputGeometry) {
    let picture = shown ?? frame
    precondition(
      frame.width > 0 && frame.height > 0 && picture.width > 0 && picture.height > 0,
      "a frame has at least one pixel")
    guard geometry.placement != .stretched else {
      let input = geometry.largestInput
      self.init(frame: frame, shown: picture, input: input, scaled: input, left: 0, top: 0)
      return
    }
    let bounds: PixelSize
    switch geometry.size {
    case .fixed(let size): bounds = size
    case .rectangular(let longest, _): bounds = PixelSize(width: longest, height: longest)
    }
    let scale = min(
      Double(bounds.width) / Double(picture.width), Double(bounds.height) / Double(picture.height))
    let scaled = PixelSize(
      width: max(1, Int((Double(picture.width) * scale).rounded(.toNearestOrEven))),
      height: max(1, Int((Double(picture.height) * scale).rounded(.toNearestOrEven))))
    let input: PixelSize
    switch geometry.size {
    case .fixed(let size): input = size
    case .rectangular(_, let stride):
      input = PixelSize(
        width: (scaled.width + stride - 1) / stride * stride,
        height: (scaled.height + stride - 1) / stride * stride)
    }
    let centred = geometry.placement == .centred
    let padX = Double(input.width - scaled.width) / 2
    let padY = Double(input.height - scaled.height) / 2
    self.init(
      frame: frame, shown: picture, input: input, scaled: scaled,
      left: centred ? Int((padX - 0.1).rounded(.toNearestOrEven)) : 0,
      top: centred ? Int((padY - 0.1).rounded(.toNearestOrEven)) : 0)
  }
}
