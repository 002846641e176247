package import SplitpipeCore

/// Sends pictures the way a user would without a split: coded, counted, decoded again.
package protocol FrameRoundTrip: AnyObject {
  /// The picture as the far side sees it; its `sourceBytes` are those of the coded picture.
  ///
  /// A frame of the same stamp, name and orientation; a side of odd length may lose its last pixel.
  func send(_ frame: Frame) throws -> Frame
}
