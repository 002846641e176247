import SplitpipeCore

/// Renders a clip frame after frame: a street or a yard, those who pass through it, and where each
/// of them can be seen.
///
/// The same settings give the same pixels; the first frames do not depend on how many follow.
package final class ClipRenderer {
  private let settings: SynthSettings
  private let view: View
  private let backdrop: Layer
  private let canvas: Layer
  /// Where one figure is drawn by itself.
  private let sheet: Layer
  private let scenery: [(figure: Scenery, x: Double, y: Double)]
  private let shake: Shake?
  /// Where the sun is: shadows fall this many metres to the right per metre of height.
  private let slant: Double
  private let shadowDepth: Double
  private var traffic: Traffic
  private var light: Light
  private var ownership: Ownership
  private var frames = 0

  /// Paints the scene's background; frames follow by `next()`.
  ///
  /// - Throws: `usage` for settings out of range.
  package init(_ settings: SynthSettings) throws {
    try settings.validate()
    self.settings = settings
    var dice = Dice(seed: settings.seed, stream: 1)
    let view = View(size: settings.size, &dice)
    let layout = Layout(view, &dice)
    self.view = view
    var paint = Dice(seed: settings.seed, stream: 2)
    backdrop = try Backdrop.paint(view: view, layout: layout, size: settings.size, &paint)
    canvas = try Layer(size: settings.size)
    // The longest bus and the highest tree at the front of the picture fit.
    let largest = view.scale(at: View.height) * view.pixelsPerUnit
    sheet = try Layer(
      size: PixelSize(width: Int(largest * 10.6) + 4, height: Int(largest * 7.4) + 4))
    var decor = Dice(seed: settings.seed, stream: 3)
    scenery = layout.scenery.map { place in
      (Scenery(&decor, shape: place.shape), place.x, place.y)
    }
    var sun = Dice(seed: settings.seed, stream: 4)
    slant = sun.between(-0.45, 0.45)
    shadowDepth = sun.between(0.3, 0.55)
    light = Light(&sun, noise: Dice(seed: settings.seed, stream: 5))
    var tremble = Dice(seed: settings.seed, stream: 6)
    shake = settings.shakes ? Shake(&tremble) : nil
    var crowd = Dice(seed: settings.seed, stream: 7)
    let usual = 5 + crowd.index(5)
    traffic = Traffic(
      view: view, layout: layout,
      wanted: settings.visit == nil ? settings.objects ?? usual : 0, visit: settings.visit,
      dice: crowd)
    ownership = Ownership(width: settings.size.width, height: settings.size.height)
  }

  /// Draws the next frame and tells what can be seen in it.
  package func next() -> [VisibleObject] {
    let step = 1 / settings.framesPerSecond
    if frames > 0 { traffic.advance(step) }
    let seconds = Double(frames) * step
    frames += 1
    let offset = (shake?.offset(at: seconds) ?? Point(0, 0)) * view.pixelsPerUnit
    let margin = Double(Backdrop.marginPixels(view))
    canvas.draw(
      backdrop, x: offset.x - margin, y: offset.y - margin, width: backdrop.size.width,
      height: backdrop.size.height)
    ownership.reset()
    let placed = placedFigures(seconds)
    for item in placed { drawShadow(item, offset) }
    for item in placed { draw(item, offset) }
    let objects = ownership.visible()
    canvas.withPixels { pixels, pixelsPerRow in
      light.expose(
        &pixels, width: settings.size.width, height: settings.size.height,
        pixelsPerRow: pixelsPerRow, seconds: seconds)
    }
    return objects
  }

  /// The pixels of the frame drawn last, 0x00RRGGBB each, `pixelsPerRow` of which make a row.
  package func withPixels<Result, Failure: Error>(
    _ body: (_ pixels: Span<UInt32>, _ pixelsPerRow: Int) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try canvas.withPixels { (pixels, pixelsPerRow) throws(Failure) in
      try body(pixels.span, pixelsPerRow)
    }
  }

  private struct Placed {
    var figure: any Figure
    var motion: Motion
    var x: Double
    var y: Double
    var isMirrored: Bool
  }

  /// Everything in the scene, the farthest first.
  private func placedFigures(_ seconds: Double) -> [Placed] {
    var placed = scenery.map { item in
      Placed(
        figure: item.figure, motion: Motion(seconds: seconds), x: item.x, y: item.y,
        isMirrored: false)
    }
    for actor in traffic.actors {
      for figure in actor.figures {
        placed.append(
          Placed(
            figure: figure, motion: actor.motion, x: actor.x, y: actor.y,
            isMirrored: actor.isMirrored))
      }
    }
    // Stable, so that a rider stays over the bicycle.
    let order = placed.indices.sorted { (placed[$0].y, $0) < (placed[$1].y, $1) }
    return order.map { placed[$0] }
  }

  private func drawShadow(_ item: Placed, _ offset: Point) {
    let extent = item.figure.extent
    guard extent.base > 0 else { return }
    let scale = view.scale(at: item.y) * view.pixelsPerUnit
    let reach = slant * min(extent.height, 3)
    canvas.pen.shadow(
      item.x * view.pixelsPerUnit + offset.x + reach / 2 * scale,
      item.y * view.pixelsPerUnit + offset.y, (extent.base * 1.12 + abs(reach) / 2) * scale,
      (0.12 + 0.1 * extent.base) * scale, alpha: shadowDepth)
  }

  private func draw(_ item: Placed, _ offset: Point) {
    let scale = view.scale(at: item.y) * view.pixelsPerUnit
    let x = item.x * view.pixelsPerUnit + offset.x
    let y = item.y * view.pixelsPerUnit + offset.y
    let extent = item.figure.extent
    let back = (item.isMirrored ? extent.front : extent.back) * scale
    let front = (item.isMirrored ? extent.back : extent.front) * scale
    let left = Int((x - back).rounded(.down)) - 1
    let top = Int((y - extent.height * scale).rounded(.down)) - 1
    let width = min(sheet.size.width, Int((x + front).rounded(.up)) + 1 - left)
    let height = min(sheet.size.height, Int((y + extent.below * scale).rounded(.up)) + 1 - top)
    let isOutside =
      left >= settings.size.width || top >= settings.size.height || left + width <= 0
      || top + height <= 0
    guard !isOutside else { return }
    sheet.clear(width: width, height: height)
    sheet.pen.placed(
      x: x - Double(left), y: y - Double(top), scaleX: item.isMirrored ? -scale : scale,
      scaleY: scale
    ) { item.figure.draw(sheet.pen, motion: item.motion) }
    canvas.draw(sheet, x: Double(left), y: Double(top), width: width, height: height)
    ownership.claim(
      sheet, kind: item.figure.kind, left: left, top: top, width: width, height: height)
  }
}
