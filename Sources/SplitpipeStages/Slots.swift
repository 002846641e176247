package import SplitpipeCodec
package import SplitpipeCore
package import SplitpipePipeline

/// What the stages of splitpipe hand to one another.
package enum Slots {
  /// The decoded picture.
  package static let frame = Slot<Frame>("frame")
  /// How the picture lies in the network's input.
  package static let letterbox = Slot<Letterbox>("letterbox")
  /// Planes of bytes, 1×3×H×W.
  package static let input = Slot<Tensor<UInt8>>("network input")
  /// Every tensor that crosses the cut, as the head made it.
  package static let frontier = Slot<Frontier>("frontier")
  /// The frontier's codes; absent at 32 bits.
  package static let codes = Slot<[QuantizedTensor]>("codes")
  /// What the frame's packet may lean on.
  package static let base = Slot<FrameDependency>("key or delta")
  /// What changed since the frame before; absent on the first frame.
  package static let change = Slot<TemporalChange>("temporal change")
  /// One serialised packet, as sent.
  package static let packet = Slot<[UInt8]>("packet")
  /// One serialised packet, as received.
  package static let received = Slot<[UInt8]>("received packet")
  /// Bytes that crossed for this frame, headers included.
  package static let wireBytes = Slot<Int>("packet size")
  /// The frontier as the far side sees it.
  package static let restored = Slot<Frontier>("restored frontier")
  /// The detector's output.
  package static let predictions = Slot<Tensor<Float>>("predictions")
  /// Objects found, in frame pixels.
  package static let detections = Slot<[Detection]>("detections")
  /// Objects the unsplit model finds, in frame pixels.
  package static let reference = Slot<[Detection]>("reference detections")
}
