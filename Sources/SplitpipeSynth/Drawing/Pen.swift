import CCairo

/// Draws on a layer: Cairo's calls, named for what figures are made of.
///
/// It must not outlive its layer.
@safe
struct Pen {
  private let context: OpaquePointer

  @unsafe init(context: OpaquePointer) { unsafe self.context = context }

  /// Draws with the origin moved to (x, y) and units scaled; everything is undone afterwards.
  func placed(
    x: Double = 0, y: Double = 0, scaleX: Double = 1, scaleY: Double = 1, turn: Double = 0,
    _ body: () -> Void
  ) {
    unsafe cairo_save(context)
    unsafe cairo_translate(context, x, y)
    unsafe cairo_scale(context, scaleX, scaleY)
    if turn != 0 { unsafe cairo_rotate(context, turn) }
    body()
    unsafe cairo_restore(context)
  }

  /// Draws only inside the polygon.
  func clipped(to points: [Point], _ body: () -> Void) {
    unsafe cairo_save(context)
    trace(points, closed: true)
    unsafe cairo_clip(context)
    body()
    unsafe cairo_restore(context)
  }

  func polygon(_ points: [Point], _ colour: Colour, alpha: Double = 1) {
    trace(points, closed: true)
    fill(colour, alpha)
  }

  /// A polygon lit from above: lighter than `colour` at `top`, darker at `bottom`.
  func litPolygon(_ points: [Point], _ colour: Colour, top: Double, bottom: Double) {
    trace(points, closed: true)
    fillLit(colour, top: top, bottom: bottom)
  }

  /// A closed curve through the points.
  func blob(_ points: [Point], _ colour: Colour, alpha: Double = 1) {
    traceSmooth(points)
    fill(colour, alpha)
  }

  /// A closed curve through the points, lit from above.
  func litBlob(_ points: [Point], _ colour: Colour, top: Double, bottom: Double) {
    traceSmooth(points)
    fillLit(colour, top: top, bottom: bottom)
  }

  func ellipse(
    _ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double, _ colour: Colour,
    alpha: Double = 1
  ) {
    traceEllipse(x, y, radiusX, radiusY)
    fill(colour, alpha)
  }

  func circle(_ x: Double, _ y: Double, _ radius: Double, _ colour: Colour, alpha: Double = 1) {
    ellipse(x, y, radius, radius, colour, alpha: alpha)
  }

  func ring(_ x: Double, _ y: Double, _ radius: Double, width: Double, _ colour: Colour) {
    traceEllipse(x, y, radius, radius)
    stroke(width, colour)
  }

  func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ colour: Colour,
    radius: Double = 0, alpha: Double = 1
  ) {
    traceRectangle(x, y, width, height, radius)
    fill(colour, alpha)
  }

  func litRectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ colour: Colour,
    radius: Double = 0
  ) {
    traceRectangle(x, y, width, height, radius)
    fillLit(colour, top: y, bottom: y + height)
  }

  /// A line with round ends and joints: a limb, a tube, a rope.
  func limb(_ points: [Point], width: Double, _ colour: Colour, alpha: Double = 1) {
    trace(points, closed: false)
    stroke(width, colour, alpha)
  }

  /// A soft dark ellipse, for what light does not reach.
  func shadow(_ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double, alpha: Double) {
    guard radiusX > 0, radiusY > 0 else { return }
    placed(x: x, y: y, scaleX: radiusX, scaleY: radiusY) {
      let pattern = unsafe cairo_pattern_create_radial(0, 0, 0, 0, 0, 1)
      unsafe cairo_pattern_add_color_stop_rgba(pattern, 0, 0, 0, 0, alpha)
      unsafe cairo_pattern_add_color_stop_rgba(pattern, 0.6, 0, 0, 0, alpha * 0.85)
      unsafe cairo_pattern_add_color_stop_rgba(pattern, 1, 0, 0, 0, 0)
      unsafe cairo_set_source(context, pattern)
      unsafe cairo_arc(context, 0, 0, 1, 0, 2 * Double.pi)
      unsafe cairo_fill(context)
      unsafe cairo_pattern_destroy(pattern)
    }
  }

  private func trace(_ points: [Point], closed: Bool) {
    guard let first = points.first else { return }
    unsafe cairo_move_to(context, first.x, first.y)
    for point in points.dropFirst() { unsafe cairo_line_to(context, point.x, point.y) }
    if closed { unsafe cairo_close_path(context) }
  }

  /// Catmull-Rom through the points, as cubic Bézier curves with handles of a sixth of the chord.
  private func traceSmooth(_ points: [Point]) {
    let count = points.count
    guard count > 2 else { return trace(points, closed: true) }
    unsafe cairo_move_to(context, points[0].x, points[0].y)
    for index in 0..<count {
      let from = points[index]
      let to = points[(index + 1) % count]
      let first = from + (to - points[(index + count - 1) % count]) * (1.0 / 6)
      let second = to - (points[(index + 2) % count] - from) * (1.0 / 6)
      unsafe cairo_curve_to(context, first.x, first.y, second.x, second.y, to.x, to.y)
    }
    unsafe cairo_close_path(context)
  }

  private func traceEllipse(_ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double) {
    placed(x: x, y: y, scaleX: radiusX, scaleY: radiusY) {
      unsafe cairo_new_sub_path(context)
      unsafe cairo_arc(context, 0, 0, 1, 0, 2 * Double.pi)
      unsafe cairo_close_path(context)
    }
  }

  private func traceRectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ radius: Double
  ) {
    let r = min(radius, width / 2, height / 2)
    guard r > 0 else { return unsafe cairo_rectangle(context, x, y, width, height) }
    unsafe cairo_new_sub_path(context)
    unsafe cairo_arc(context, x + width - r, y + r, r, -Double.pi / 2, 0)
    unsafe cairo_arc(context, x + width - r, y + height - r, r, 0, Double.pi / 2)
    unsafe cairo_arc(context, x + r, y + height - r, r, Double.pi / 2, Double.pi)
    unsafe cairo_arc(context, x + r, y + r, r, Double.pi, 1.5 * Double.pi)
    unsafe cairo_close_path(context)
  }

  private func fill(_ colour: Colour, _ alpha: Double) {
    unsafe cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, alpha)
    unsafe cairo_fill(context)
  }

  private func fillLit(_ colour: Colour, top: Double, bottom: Double) {
    let pattern = unsafe cairo_pattern_create_linear(0, top, 0, bottom)
    let light = colour.shaded(1.22)
    let dark = colour.shaded(0.68)
    unsafe cairo_pattern_add_color_stop_rgb(pattern, 0, light.red, light.green, light.blue)
    unsafe cairo_pattern_add_color_stop_rgb(pattern, 0.45, colour.red, colour.green, colour.blue)
    unsafe cairo_pattern_add_color_stop_rgb(pattern, 1, dark.red, dark.green, dark.blue)
    unsafe cairo_set_source(context, pattern)
    unsafe cairo_fill(context)
    unsafe cairo_pattern_destroy(pattern)
  }

  private func stroke(_ width: Double, _ colour: Colour, _ alpha: Double = 1) {
    unsafe cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, alpha)
    unsafe cairo_set_line_width(context, width)
    unsafe cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    unsafe cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    unsafe cairo_stroke(context)
  }
}
