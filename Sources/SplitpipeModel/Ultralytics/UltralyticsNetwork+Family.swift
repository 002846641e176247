import SplitpipeCore

/// YOLOv8, YOLO11, YOLO26, YOLOv10 and YOLOv5u detection networks as the ultralytics package saves
/// them, 8.0 to 8.4.
extension UltralyticsNetwork: CheckpointFamily {
  /// All of the package: training notes classes of it that no network needs.
  static func module(named name: String) -> String? {
    "\(name).".hasPrefix("ultralytics.") ? name : nil
  }

  static func recognises(_ network: TorchModule) -> Bool {
    network.className.hasPrefix("ultralytics.")
  }

  init(_ network: TorchModule, in checkpoint: TorchCheckpoint, limits: CheckpointLimits) throws {
    var reader = UltralyticsNetworkReader(checkpoint, limits: limits)
    self = try reader.network(network)
  }

  var geometry: InputGeometry {
    InputGeometry(
      size: .rectangular(longest: inputSide, stride: sideMultiple), placement: .centred,
      channelOrder: .rgb, byteScale: 1 / 255)
  }

  var detector: DetectorKind? { head.chosen == nil ? .yolov8 : .endToEnd }

  var probe: PixelSize { PixelSize(width: sideMultiple * 2, height: sideMultiple * 2) }
}
