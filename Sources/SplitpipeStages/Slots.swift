package import SplitpipeCodec
package import SplitpipeCore
package import SplitpipeDetection
package import SplitpipeEndpoints
package import SplitpipePipeline
package import SplitpipeSession

/// What the stages of splitpipe hand to one another.
package enum Slots {
  /// The decoded picture.
  package static let frame = Slot<Frame>("frame")
  /// Size of the picture in its own pixels, which boxes are in.
  package static let frameSize = Slot<PixelSize>("frame size")
  /// Bytes the frame took in its source, which outlive the picture.
  package static let sourceBytes = Slot<Int>("source bytes")
  /// The frame made ready for the network, 1×3×H×W.
  package static let input = Slot<PreparedInput>("network input")
  /// Every tensor that crosses the cut, as the head made it.
  package static let frontier = Slot<Frontier>("frontier")
  /// The frontier as it is to travel.
  package static let quantized = Slot<QuantizedFrame>("quantized tensors")
  /// What changed since the frame before; absent on the first frame.
  package static let change = Slot<TemporalChange>("temporal change")
  /// One serialised packet, as sent.
  package static let packet = Slot<[UInt8]>("packet")
  /// What the packet costs and stands for.
  package static let cost = Slot<PacketCost>("packet's cost")
  /// One serialised packet, as received.
  package static let received = Slot<[UInt8]>("received packet")
  /// The frontier as the far side sees it; absent where the packet was refused.
  package static let restored = Slot<Frontier>("restored frontier")
  /// Why the packet was refused; absent where it was not.
  package static let refusal = Slot<PacketRefusal>("refusal")
  /// How the picture lies in the network's input, as the packet says it.
  package static let letterbox = Slot<Letterbox>("received letterbox")
  /// The detector's output.
  package static let predictions = Slot<Tensor<Float>>("predictions")
  /// Boxes by the settings of scoring, in frame pixels.
  package static let scored = Slot<[Detection]>("scored detections")
  /// Whether the boxes lie where objects can be.
  package static let plausibility = Slot<Plausibility>("plausibility of boxes")
  /// Objects found, in frame pixels.
  package static let detections = Slot<[Detection]>("detections")
  /// Objects the unsplit model finds, in frame pixels.
  package static let reference = Slot<[Detection]>("reference detections")
  /// When the picture was there.
  package static let captured = Slot<MonotonicTime>("time of capture")
  /// Frames of the source left out since the one before.
  package static let skippedBefore = Slot<Int>("frames left out")
  /// What a server made of the frame.
  package static let answer = Slot<RemoteAnswer>("server's answer")
  /// What is scored, and against what.
  package static let score = Slot<ScoredFrame>("score")
}
