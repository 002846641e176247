import Glibc
import SplitpipeCore

/// Paints what never moves: the ground, its markings, and what stands behind it.
struct Backdrop {
  /// Units painted beyond each border, for a camera that trembles.
  static let margin = 12.0

  private let view: View
  private let layout: Layout
  private let grain: Grain
  private let fine: Grain

  /// Paints onto a new layer, larger than a frame by the margin on each side.
  static func paint(view: View, layout: Layout, size: PixelSize, _ dice: inout Dice) throws -> Layer
  {
    let margin = marginPixels(view)
    let layer = try Layer(
      size: PixelSize(width: size.width + 2 * margin, height: size.height + 2 * margin))
    let backdrop = Backdrop(
      view: view, layout: layout, grain: Grain(&dice), fine: Grain(&dice))
    let scale = view.pixelsPerUnit
    backdrop.layGround(on: layer, margin: margin)
    layer.pen.placed(x: Double(margin), y: Double(margin), scaleX: scale, scaleY: scale) {
      backdrop.drawMarkings(layer.pen, &dice)
      Background(view: view, layout: layout).draw(layer.pen, &dice)
    }
    backdrop.roughen(layer)
    return layer
  }

  static func marginPixels(_ view: View) -> Int { Int((margin * view.pixelsPerUnit).rounded(.up)) }

  private func layGround(on layer: Layer, margin: Int) {
    let first = max(0, Int(layout.wallBase * view.pixelsPerUnit) + margin - 2)
    layer.withPixels { pixels, pixelsPerRow in
      for row in first..<layer.size.height {
        let y = (Double(row - margin) + 0.5) / view.pixelsPerUnit
        guard let strip = layout.strips.first(where: { y < $0.bottom }) else { continue }
        for column in 0..<layer.size.width {
          let x = (Double(column - margin) + 0.5) / view.pixelsPerUnit
          let colour = colour(strip, at: view.ground(x: x, y: y))
          pixels[row * pixelsPerRow + column] = Self.packed(colour)
        }
      }
    }
  }

  /// The colour of a material at a place on the ground, in metres.
  private func colour(_ strip: Layout.Strip, at place: Point) -> Colour {
    let x = place.x
    let z = place.y
    let blotch = grain.rough(x * 0.45, z * 0.3)
    switch strip.material {
    case .asphalt:
      let light = 0.33 + 0.035 * blotch + 0.03 * fine.smooth(x * 14, z * 9)
      return Colour(light, light, light * 1.03).shaded(strip.tone)
    case .concrete:
      let seam = Self.seam(x, 3, 0.035) || Self.seam(z, 3.2, 0.05)
      let light = 0.56 + 0.05 * blotch + 0.02 * fine.smooth(x * 12, z * 8) - (seam ? 0.16 : 0)
      return Colour(light, light * 0.98, light * 0.93).shaded(strip.tone)
    case .paving:
      let row = (z / 0.9).rounded(.down)
      let shift = row.truncatingRemainder(dividingBy: 2) * 0.45
      let seam = Self.seam(z, 0.9, 0.07) || Self.seam(x + shift, 0.9, 0.045)
      let slab = grain.cell(Int(((x + shift) / 0.9).rounded(.down)), Int(row) + 4000) - 0.5
      let light = 0.55 + 0.09 * slab + 0.03 * blotch - (seam ? 0.15 : 0)
      return Colour(light, light * 0.96, light * 0.9).shaded(strip.tone)
    case .grass:
      let blade = 0.6 * fine.smooth(x * 11, z * 3.5) + 0.4 * fine.smooth(x * 23, z * 7)
      let light = 0.42 + 0.08 * blotch + 0.09 * blade
      return Colour(light * 0.72, light, light * 0.4).shaded(strip.tone)
    case .gravel:
      let stone = fine.smooth(x * 9, z * 6) * 0.5 + fine.smooth(x * 19, z * 12) * 0.5
      let light = 0.52 + 0.05 * blotch + 0.09 * stone
      return Colour(light, light * 0.93, light * 0.82).shaded(strip.tone)
    }
  }

  private static func seam(_ position: Double, _ spacing: Double, _ width: Double) -> Bool {
    let rest = position.truncatingRemainder(dividingBy: spacing)
    return (rest < 0 ? rest + spacing : rest) < width
  }

  private func drawMarkings(_ pen: Pen, _ dice: inout Dice) {
    let left = -Self.margin
    let right = view.width + Self.margin
    for strip in layout.strips where strip.hasKerb {
      pen.rectangle(left, strip.bottom - 2, right - left, 4, Colour(0xB8_B4AC))
      pen.rectangle(left, strip.bottom + 2, right - left, 1.2, Colour(0x2A_2A2A), alpha: 0.6)
      let step = view.scale(at: strip.bottom) * 1.1
      var x = left + dice.between(0, step)
      while x < right {
        pen.rectangle(x, strip.bottom - 2, 0.8, 4, Colour(0x6A_6862))
        x += step
      }
    }
    for y in layout.markings {
      let scale = view.scale(at: y)
      let dash = 2.2 * scale
      var x = left - dice.between(0, dash)
      while x < right {
        pen.rectangle(x, y - 0.06 * scale, dash, 0.12 * scale, Colour.white, alpha: 0.8)
        x += 2 * dash
      }
    }
    // Covers of drains, stains and patches.
    let last = view.height(of: layout)
    for _ in 0..<dice.index(7) {
      let y = dice.between(layout.wallBase + 12, last)
      let scale = view.scale(at: y)
      let x = dice.between(0, view.width)
      if dice.chance(0.3) {
        pen.ellipse(x, y, 0.35 * scale, 0.14 * scale, Colour(0x35_3536))
        pen.ellipse(x, y, 0.29 * scale, 0.11 * scale, Colour(0x4B_4B4C))
      } else {
        pen.shadow(
          x, y, dice.between(0.4, 1.6) * scale, dice.between(0.15, 0.45) * scale, alpha: 0.28)
      }
    }
  }

  /// Gives flat areas a surface: every pixel a little lighter or darker.
  private func roughen(_ layer: Layer) {
    let scale = view.pixelsPerUnit
    layer.withPixels { pixels, pixelsPerRow in
      for row in 0..<layer.size.height {
        for column in 0..<layer.size.width {
          let x = Double(column) / scale
          let y = Double(row) / scale
          let change = 1 + 0.05 * grain.smooth(x / 9, y / 9) + 0.045 * fine.smooth(x / 1.7, y / 1.7)
          let old = pixels[row * pixelsPerRow + column]
          pixels[row * pixelsPerRow + column] = Self.packed(
            Colour(
              Double(old >> 16 & 255) / 255 * change, Double(old >> 8 & 255) / 255 * change,
              Double(old & 255) / 255 * change))
        }
      }
    }
  }

  private static func packed(_ colour: Colour) -> UInt32 {
    func byte(_ value: Double) -> UInt32 { UInt32(min(255, max(0, value * 255 + 0.5))) }
    return 0xFF00_0000 | byte(colour.red) << 16 | byte(colour.green) << 8 | byte(colour.blue)
  }
}

extension View {
  /// The lowest place that anyone stands on.
  func height(of layout: Layout) -> Double { layout.tracks.map(\.feet.upperBound).max() ?? 370 }
}
