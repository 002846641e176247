import CCairo
import CFFmpeg
import SplitpipeCore

/// A picture of 32-bit pixels that Cairo draws on and FFmpeg reads.
@safe
struct Canvas: ~Copyable {
  let pixels: FrameBuffer
  let size: PixelSize
  private let surface: OpaquePointer
  private let context: OpaquePointer

  init(size: PixelSize) throws {
    let pixels = try FrameBuffer(size: size, format: cffmpeg_canvas())
    guard let plane = unsafe pixels.plane(0) else { throw SplitpipeError.outOfMemory("a canvas") }
    let surface = unsafe cairo_image_surface_create_for_data(
      plane.0, CAIRO_FORMAT_RGB24, Int32(size.width), Int32(size.height), Int32(plane.bytesPerRow))
    let context = unsafe cairo_create(surface)
    guard let surface = unsafe surface, let context = unsafe context,
      unsafe cairo_status(context) == CAIRO_STATUS_SUCCESS
    else {
      unsafe cairo_destroy(context)
      unsafe cairo_surface_destroy(surface)
      throw SplitpipeError(.bug, "cannot draw on a picture of \(size) pixels")
    }
    self.pixels = pixels
    self.size = size
    unsafe self.surface = surface
    unsafe self.context = context
    unsafe cairo_select_font_face(
      context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL)
  }

  deinit {
    unsafe cairo_destroy(context)
    unsafe cairo_surface_destroy(surface)
  }

  /// Draws the boxes, the surest last so that they lie on top.
  ///
  /// Boxes are in pixels of a frame of size `frame`; a class without a name is called by its number.
  func draw(_ detections: [Detection], of frame: PixelSize, names: [String]) {
    let style = AnnotationStyle(size)
    unsafe cairo_surface_mark_dirty(surface)
    unsafe cairo_set_font_size(context, style.fontSize)
    let scaleX = Double(size.width) / Double(max(1, frame.width))
    let scaleY = Double(size.height) / Double(max(1, frame.height))
    for detection in detections.sorted(by: { $0.confidence < $1.confidence }) {
      let box = detection.box
      guard box.x1.isFinite, box.y1.isFinite, box.x2.isFinite, box.y2.isFinite else { continue }
      let left = style.sharp(Double(box.x1) * scaleX)
      let top = style.sharp(Double(box.y1) * scaleY)
      let colour = Colour.ofClass(detection.classIndex)
      use(colour)
      unsafe cairo_set_line_width(context, style.lineWidth)
      unsafe cairo_rectangle(
        context, left, top, style.sharp(Double(box.x2) * scaleX) - left,
        style.sharp(Double(box.y2) * scaleY) - top)
      unsafe cairo_stroke(context)
      let name =
        names.indices.contains(detection.classIndex)
        ? names[detection.classIndex] : "class \(detection.classIndex)"
      label(
        name + " " + twoDigits(detection.confidence), left: left, top: top, colour: colour,
        style: style)
    }
    unsafe cairo_surface_flush(surface)
  }

  /// Text on a filled ground, above the box where there is room, else inside it.
  private func label(
    _ text: String, left: Double, top: Double, colour: Colour, style: AnnotationStyle
  ) {
    var extents = cairo_text_extents_t()
    unsafe cairo_text_extents(context, text, &extents)
    let width = extents.x_advance + 2 * style.margin
    let height = style.fontSize * 1.25
    let edge = style.lineWidth / 2
    let x = max(0, min(left - edge, Double(size.width) - width))
    let y = top - edge - height >= 0 ? top - edge - height : max(0, top - edge)
    use(colour)
    unsafe cairo_rectangle(context, x, y, width, height)
    unsafe cairo_fill(context)
    use(colour.text)
    unsafe cairo_move_to(context, x + style.margin, y + style.fontSize)
    unsafe cairo_show_text(context, text)
  }

  private func use(_ colour: Colour) {
    unsafe cairo_set_source_rgb(context, colour.red, colour.green, colour.blue)
  }
}

/// Line width and font size in pixels, relative to the picture so that any size reads alike.
struct AnnotationStyle: Hashable, Sendable {
  let lineWidth: Double
  let fontSize: Double
  let margin: Double

  init(_ size: PixelSize) {
    let side = Double(size.width + size.height) / 2
    lineWidth = max(2, (side * 0.004).rounded())
    fontSize = max(9, (side * 0.024).rounded())
    margin = (fontSize * 0.25).rounded()
  }

  /// The coordinate nearby where a line of this width covers whole pixels.
  func sharp(_ coordinate: Double) -> Double {
    coordinate.rounded() + (lineWidth.truncatingRemainder(dividingBy: 2) == 1 ? 0.5 : 0)
  }
}

/// A confidence as `0.87`.
private func twoDigits(_ value: Float) -> String {
  let hundredths = value.isFinite ? Int((min(max(value, 0), 1) * 100).rounded()) : 0
  return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
}
