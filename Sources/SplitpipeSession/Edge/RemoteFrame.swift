package import SplitpipeCore
package import SplitpipeDetection
package import SplitpipeEndpoints

/// A frame whose head has been run, on its way to the server.
package struct OutgoingFrame: Sendable {
  package let stamp: FrameStamp
  /// What crosses, as the head made it.
  package let frontier: Frontier
  /// Of the picture as a person sees it, and of the network's input.
  package let sizes: FrameSizes
  /// Of the picture in its own pixels, which boxes are wanted in.
  package let pixels: PixelSize
  /// When the picture was there.
  package let captured: MonotonicTime
  /// Frames of the source left out since the one before.
  package let skippedBefore: Int

  package init(
    stamp: FrameStamp, frontier: Frontier, sizes: FrameSizes, pixels: PixelSize,
    captured: MonotonicTime, skippedBefore: Int = 0
  ) {
    self.stamp = stamp
    self.frontier = frontier
    self.sizes = sizes
    self.pixels = pixels
    self.captured = captured
    self.skippedBefore = skippedBefore
  }
}

/// What became of a frame that was handed over.
package struct RemoteAnswer: Sendable {
  package enum Outcome: Sendable {
    /// Its objects, in pixels of the frame, best first.
    case detected(RemoteBoxes)
    /// The server had a newer frame before the tail was free.
    case shed
    /// Its packet was of no use to the server.
    case refused(String)
    /// The connection went before the answer came.
    case lost
  }

  package let stamp: FrameStamp
  package let outcome: Outcome
  /// nil where no packet was made.
  package let cost: PacketCost?
  /// nil on the first frame.
  package let change: TemporalChange?
  /// nil unless there is a result.
  package let timing: RemoteTiming?
}

/// The objects of a frame.
package struct RemoteBoxes: Sendable {
  /// As people look at them.
  package let boxes: [Detection]
  /// As they are scored; none where none were asked for.
  package let scored: [Detection]
  package let plausibility: Plausibility
}

/// Where the time of a frame went.
package struct RemoteTiming: Sendable {
  /// From capture to result, by the edge's clock.
  package let endToEnd: Duration
  /// The server's shares.
  package let queue: Duration
  package let restore: Duration
  package let tail: Duration
}
