/// The sizes of one frame that its boxes are mapped by: as it is shown and as the network sees it.
///
/// With what a model says of its input, a `Letterbox` follows from these; so a receiver can give
/// boxes in pixels of a picture that it never had.
public struct FrameSizes: Hashable, Sendable, CustomStringConvertible {
  /// Of the source's picture as a person sees it, in square pixels.
  public let source: PixelSize
  /// Of the network's input, padding included, in pixels.
  public let input: PixelSize

  /// Joins the sizes of picture and input.
  public init(source: PixelSize, input: PixelSize) {
    self.source = source
    self.input = input
  }

  /// As in `1280×720 as 640×384`.
  public var description: String { "\(source) as \(input)" }
}

extension Letterbox {
  /// The sizes it leads between.
  public var sizes: FrameSizes { FrameSizes(source: shown, input: input) }
}
