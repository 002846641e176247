package import SplitpipeCore

/// Sends pictures the way a user would without a split: coded, counted, decoded again.
package protocol FrameRoundTrip: AnyObject {
  /// Sends a picture.
  ///
  /// - Parameters:
  ///   - frame: of a size that the coder can have.
  ///   - coded: called when the sending side has done its part.
  /// - Returns: the picture as the far side sees it, of the same stamp, name and orientation; its
  ///   `sourceBytes` are those of the coded picture, and a side of odd length may lose its last pixel.
  /// - Throws: what coding and decoding throw.
  func send(_ frame: Frame, coded: () -> Void) throws -> Frame
}

extension FrameRoundTrip {
  /// As `send(_:coded:)`, where nobody asks which side does what.
  package func send(_ frame: Frame) throws -> Frame { try send(frame) {} }
}
