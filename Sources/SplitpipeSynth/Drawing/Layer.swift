import CCairo
import SplitpipeCore

/// A picture in memory, 32 bits a pixel (alpha, red, green, blue; colours multiplied by alpha), with
/// Cairo to draw on it.
@safe
final class Layer {
  let size: PixelSize
  private let surface: OpaquePointer
  private let context: OpaquePointer
  private let pixels: UnsafeMutablePointer<UInt32>
  private let pixelsPerRow: Int

  /// A transparent layer.
  ///
  /// - Throws: `bug` where there is no memory for it.
  init(size: PixelSize) throws {
    let surface = unsafe cairo_image_surface_create(
      CAIRO_FORMAT_ARGB32, Int32(clamping: size.width), Int32(clamping: size.height))
    let context = unsafe cairo_create(surface)
    guard let surface = unsafe surface, let context = unsafe context,
      unsafe cairo_status(context) == CAIRO_STATUS_SUCCESS,
      let data = unsafe cairo_image_surface_get_data(surface)
    else {
      unsafe cairo_destroy(context)
      unsafe cairo_surface_destroy(surface)
      throw SplitpipeError(.bug, "no memory for a picture of \(size) pixels; render smaller frames")
    }
    self.size = size
    unsafe self.surface = surface
    unsafe self.context = context
    pixelsPerRow = unsafe Int(cairo_image_surface_get_stride(surface)) / 4
    unsafe pixels = UnsafeMutableRawPointer(data).assumingMemoryBound(to: UInt32.self)
  }

  deinit {
    unsafe cairo_destroy(context)
    unsafe cairo_surface_destroy(surface)
  }

  /// What draws here; in pixels until it is moved or scaled.
  var pen: Pen { unsafe Pen(context: context) }

  /// Calls `body` with the pixels, `pixelsPerRow` of which make a row.
  func withPixels<Result, Failure: Error>(
    _ body: (_ pixels: inout MutableSpan<UInt32>, _ pixelsPerRow: Int) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe cairo_surface_flush(surface)
    defer { unsafe cairo_surface_mark_dirty(surface) }
    let buffer = unsafe UnsafeMutableBufferPointer(
      start: pixels, count: pixelsPerRow * size.height)
    var span = unsafe buffer.mutableSpan
    return try body(&span, pixelsPerRow)
  }

  /// Makes the top left part transparent.
  func clear(width: Int, height: Int) {
    unsafe cairo_save(context)
    unsafe cairo_identity_matrix(context)
    unsafe cairo_set_operator(context, CAIRO_OPERATOR_CLEAR)
    unsafe cairo_rectangle(context, 0, 0, Double(width), Double(height))
    unsafe cairo_fill(context)
    unsafe cairo_restore(context)
  }

  /// Lays the top left `width`×`height` pixels of `other` over this layer with their corner at
  /// (x, y), between pixels by linear interpolation.
  func draw(_ other: Layer, x: Double, y: Double, width: Int, height: Int) {
    unsafe cairo_surface_flush(other.surface)
    unsafe cairo_save(context)
    unsafe cairo_identity_matrix(context)
    unsafe cairo_set_source_surface(context, other.surface, x, y)
    let isWhole = x == x.rounded() && y == y.rounded()
    unsafe cairo_pattern_set_filter(
      cairo_get_source(context), isWhole ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_BILINEAR)
    unsafe cairo_rectangle(context, x, y, Double(width), Double(height))
    unsafe cairo_fill(context)
    unsafe cairo_restore(context)
  }
}
