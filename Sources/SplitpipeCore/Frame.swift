/// When a frame is shown: its number from 0 and its presentation time in seconds.
public struct FrameStamp: Hashable, Sendable {
  /// The number of the frame, from 0.
  public let index: Int
  /// The presentation time.
  public let seconds: Double

  /// Joins number and time.
  public init(index: Int, seconds: Double) {
    self.index = index
    self.seconds = seconds
  }
}

/// Decoded pixels held by the media library; they are freed with the last reference.
public protocol Picture: AnyObject, Sendable {
  /// Width in pixels, rotation applied; pixels need not be square.
  var width: Int { get }
  /// Height in pixels, rotation applied.
  var height: Int { get }
}

/// One decoded picture of a video or an image folder.
public struct Frame: Sendable {
  /// When it is shown.
  public let stamp: FrameStamp
  /// Its pixels.
  public let picture: any Picture
  /// Bytes this frame took in its compressed source (the coded packet or the image file).
  public let sourceBytes: Int
  /// The image file's name without folders, nil for a frame of a video.
  public let fileName: String?

  /// Joins pixels and what is known of them.
  public init(stamp: FrameStamp, picture: any Picture, sourceBytes: Int, fileName: String?) {
    self.stamp = stamp
    self.picture = picture
    self.sourceBytes = sourceBytes
    self.fileName = fileName
  }
}

/// A width and a height in pixels.
public struct PixelSize: Hashable, Sendable, CustomStringConvertible {
  /// Pixels in a row.
  public let width: Int
  /// Pixels in a column.
  public let height: Int

  /// Joins width and height.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// As in `1280×720`.
  public var description: String { "\(width)×\(height)" }
}
