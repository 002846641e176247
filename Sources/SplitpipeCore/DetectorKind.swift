/// How a detector's output becomes boxes, told apart by shape and metadata.
package enum DetectorKind: String, Sendable {
  /// 1×N×(5+classes): centre x, y, width, height in input pixels, objectness, class scores.
  case yolov5
  /// 1×N×(5+classes), one cell each of strides 8, 16, 32: centre offsets and log sizes in cells.
  case yolox
  /// 1×(4+classes)×N: centre x, y, width, height in input pixels, class scores, no objectness.
  case yolov8
  /// 1×N×6: corners x1, y1, x2, y2 in input pixels, score, class index; the network has chosen among
  /// overlapping boxes itself.
  case endToEnd = "end-to-end"
  /// 1×N×(4+classes): centre x, y, width, height as shares of the input, class scores, no objectness;
  /// each of the N queries finds one object, and none is another's double.
  case queries = "rt-detr"
}

extension DetectorKind {
  /// Shape and meaning of the output in words.
  package var layout: String {
    switch self {
    case .yolov5: "YOLOv5: 1×N×(5+classes), boxes in pixels, with objectness"
    case .yolox: "YOLOX: 1×N×(5+classes), boxes in grid cells, with objectness"
    case .yolov8: "YOLOv8/11: 1×(4+classes)×N, boxes in pixels, no objectness"
    case .queries: "RT-DETR: 1×N×(4+classes), boxes in shares of the input, none suppressed"
    case .endToEnd: "end-to-end: 1×N×6, corners in pixels, score and class, none suppressed"
    }
  }
}
