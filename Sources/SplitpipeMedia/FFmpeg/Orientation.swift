import CFFmpeg
import SplitpipeCore

/// How coded pixels lie in the picture as shown: one of the eight ways to lay a rectangle down.
///
/// Shown (x, y) is coded (y, x) where `transposes`; then each shown axis may run backwards.
struct Orientation: Hashable, Sendable {
  var transposes = false
  var flipsX = false
  var flipsY = false

  static let upright = Orientation()

  /// From a display matrix (a, b, u, c, d, v, x, y, w), as `libavutil/display.h` describes it:
  /// shown x = a·x + c·y and shown y = b·x + d·y. Angles between are taken to the nearest quarter.
  init(a: Int32, b: Int32, c: Int32, d: Int32) {
    let straight = Int64(a).magnitude + Int64(d).magnitude
    let crossed = Int64(b).magnitude + Int64(c).magnitude
    transposes = crossed > straight
    flipsX = transposes ? c < 0 : a < 0
    flipsY = transposes ? b < 0 : d < 0
  }

  private init() {}

  /// - Parameter matrix: nine numbers, or nil for upright.
  init(matrix: UnsafePointer<Int32>?) {
    guard let matrix = unsafe matrix else {
      self = .upright
      return
    }
    unsafe self.init(a: matrix[0], b: matrix[1], c: matrix[3], d: matrix[4])
  }

  /// The size as shown of coded pixels of `size`, and also the way back.
  func applied(to size: PixelSize) -> PixelSize {
    transposes ? PixelSize(width: size.height, height: size.width) : size
  }

  /// Where shown pixel (0, 0) lies in coded rows of `stride` elements, and the steps from it to the
  /// next shown pixel in x and in y.
  func walk(coded: PixelSize, stride: Int) -> (start: Int, stepX: Int, stepY: Int) {
    let shown = applied(to: coded)
    let (alongX, alongY) = transposes ? (stride, 1) : (1, stride)
    return (
      start: (flipsX ? (shown.width - 1) * alongX : 0) + (flipsY ? (shown.height - 1) * alongY : 0),
      stepX: flipsX ? -alongX : alongX, stepY: flipsY ? -alongY : alongY
    )
  }
}
