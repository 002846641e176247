package import SplitpipeCodec
package import SplitpipeCore
package import SplitpipeDetection

/// What happens to frames that the link or the server is too slow for.
package enum Delivery: String, CaseIterable, Sendable {
  /// The source waits: nothing is left out, nothing is lost.
  case everyFrame = "every-frame"
  /// The newest frame wins.
  case live
}

/// What an edge asks of a server, and how it treats the connection.
package struct EdgeSettings: Sendable {
  package var camera: CameraName
  package var delivery: Delivery
  /// How tensors become packets.
  package var coding: CodingSettings
  /// Boxes that people look at.
  package var boxes: DetectionSettings
  /// Boxes that are scored; nil where none are.
  package var scored: DetectionSettings?
  /// Of the first frame; those that follow may have others.
  package var sizes: FrameSizes
  /// Frames a second that the source has at most; nil where they come as fast as they are answered.
  package var frameRate: Double?
  /// From the capture of a frame to its boxes.
  package var latencyBudget: Duration = .milliseconds(250)
  /// Frames handed over and not answered, at most.
  package var window = 8
  /// From the first byte of a connection to the server's Welcome.
  package var handshake: Duration = .seconds(5)
  /// The same for a connection made again in live delivery, where there is no time to lose.
  package var liveReconnect: Duration = .seconds(2)
  /// How long it may go on without a connection once there has been one; nil for ever.
  package var patience: Duration?
  /// The wait before the first attempt to connect again; it doubles from one attempt to the next.
  package var firstWait: Duration = .milliseconds(250)
  /// The longest wait between attempts.
  package var longestWait: Duration = .seconds(2)

  package init(
    camera: CameraName, delivery: Delivery, coding: CodingSettings, boxes: DetectionSettings,
    sizes: FrameSizes
  ) {
    self.sizes = sizes
    self.camera = camera
    self.delivery = delivery
    self.coding = coding
    self.boxes = boxes
    patience = delivery == .everyFrame ? .seconds(30) : nil
  }
}
