import SplitpipeCore

/// YOLOv5 detection networks, v6.0 to v7.0, also those of v5.0 made of the same modules.
extension YOLOv5Network: CheckpointFamily {
  /// The modules of the official repository; the `yolov5` package on PyPI puts its name before them.
  static func module(named name: String) -> String? {
    let prefix = "yolov5."
    let module = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    return ["models.", "utils."].contains { "\(module).".hasPrefix($0) } ? module : nil
  }

  static func recognises(_ network: TorchModule) -> Bool {
    network.className.hasPrefix("models.")
  }

  init(_ network: TorchModule, in checkpoint: TorchCheckpoint, limits: CheckpointLimits) throws {
    var reader = YOLOv5NetworkReader(checkpoint, limits: limits)
    self = try reader.network(network)
  }

  var geometry: InputGeometry {
    InputGeometry(
      size: .rectangular(longest: inputSide, stride: largestStride), placement: .centred,
      channelOrder: .rgb, byteScale: 1 / 255)
  }

  var detector: DetectorKind? { .yolov5 }

  var probe: PixelSize { PixelSize(width: largestStride * 2, height: largestStride * 2) }
}
