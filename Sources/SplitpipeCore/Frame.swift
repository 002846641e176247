/// When a frame is shown: its number from 0 and its presentation time in seconds.
package struct FrameStamp: Hashable, Sendable {
  package let index: Int
  package let seconds: Double

  package init(index: Int, seconds: Double) {
    self.index = index
    self.seconds = seconds
  }
}

/// Decoded pixels held by the media library; they are freed with the last reference.
package protocol Picture: AnyObject, Sendable {
  /// Width in pixels as shown, rotation applied.
  var width: Int { get }
  /// Height in pixels as shown, rotation applied.
  var height: Int { get }
}

/// One decoded picture of a video or an image folder.
package struct Frame: Sendable {
  package let stamp: FrameStamp
  package let picture: any Picture
  /// Bytes this frame took in its compressed source (the coded packet or the image file).
  package let sourceBytes: Int
  /// The image file's name without folders, nil for a frame of a video.
  package let fileName: String?

  package init(stamp: FrameStamp, picture: any Picture, sourceBytes: Int, fileName: String?) {
    self.stamp = stamp
    self.picture = picture
    self.sourceBytes = sourceBytes
    self.fileName = fileName
  }
}

/// A width and a height in pixels.
package struct PixelSize: Hashable, Sendable, CustomStringConvertible {
  package let width: Int
  package let height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  package var description: String { "\(width)×\(height)" }
}
