import SplitpipeCore

extension OutputHead {
  /// What classes are called that nobody names.
  static func numbered(classes: Int) -> [String] {
    classes == 80 ? cocoClassNames : (0..<classes).map { "class \($0)" }
  }
}

extension DetectorKind {
  /// The family that has such outputs.
  ///
  /// - Parameter isYOLOX: whether the outputs are YOLOX's, of whose boxes some exports make YOLOv5's.
  /// - Returns: nil where several do.
  func usualFamily(isYOLOX: Bool) -> String? {
    switch self {
    case .yolov5: isYOLOX ? "YOLOX" : "YOLOv5"
    case .yolox: "YOLOX"
    case .yolov8: "YOLOv8/11"
    case .queries: "RT-DETR"
    case .endToEnd: nil
    }
  }
}

extension InputGeometry {
  /// What the makers of a kind of detector feed it with.
  ///
  /// - Parameters:
  ///   - detector: nil where none is known.
  ///   - isYOLOX: whether it is one of YOLOX.
  ///   - size: which sizes it takes.
  init(of detector: DetectorKind?, isYOLOX: Bool, size: Size) {
    let placement: Placement =
      switch detector {
      case .queries: .stretched
      default: isYOLOX ? .topLeft : .centred
      }
    self.init(
      size: size, placement: placement, channelOrder: isYOLOX ? .bgr : .rgb,
      byteScale: isYOLOX ? 1 : 1 / 255)
  }
}
