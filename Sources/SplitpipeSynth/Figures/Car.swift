import Glibc

/// A car from the side.
struct Car: Figure {
  enum Body: CaseIterable, Sendable { case hatchback, saloon, estate, offRoad, van }

  var body: Body
  var paint: Colour
  /// Metres.
  var length: Double
  var height: Double
  var hasRack: Bool
  var rim: Colour

  static let paints: [Colour] = [
    0xB3241F, 0x1F4F9A, 0xD9DBDD, 0xF1F1EE, 0x1C1E22, 0x6E757C, 0x2E6B4A, 0xD8A227, 0x7C2636,
    0x4F8FB8, 0xC65A1E, 0x8B8577,
  ].map { Colour($0) }
  static let glass = Colour(0x2B_3A45)

  init(_ dice: inout Dice) {
    body = dice.pick(Body.allCases)
    paint = dice.pick(Self.paints).varied(&dice, by: 0.04)
    let (length, height) =
      switch body {
      case .hatchback: (3.9, 1.5)
      case .saloon: (4.6, 1.45)
      case .estate: (4.7, 1.5)
      case .offRoad: (4.5, 1.75)
      case .van: (4.7, 1.95)
      }
    self.length = length * dice.between(0.95, 1.05)
    self.height = height * dice.between(0.97, 1.05)
    hasRack = dice.chance(0.15)
    rim = Colour(0xB8_BBBF).shaded(dice.between(0.6, 1))
  }

  var kind: ObjectClass? { .car }
  var extent: Extent {
    Extent(back: length / 2 + 0.1, front: length / 2 + 0.1, height: height + 0.2, base: length / 2)
  }

  /// The roof line from the tail to the nose, as shares of length (−½…½) and height (0…1).
  private var roof: [Point] {
    switch body {
    case .hatchback:
      [
        Point(-0.47, 0.6), Point(-0.4, 0.93), Point(-0.3, 1), Point(0.02, 1), Point(0.1, 0.96),
        Point(0.27, 0.63),
      ]
    case .saloon:
      [
        Point(-0.34, 0.64), Point(-0.2, 0.95), Point(-0.12, 1), Point(0.04, 1), Point(0.1, 0.96),
        Point(0.25, 0.63),
      ]
    case .estate:
      [
        Point(-0.47, 0.62), Point(-0.43, 0.94), Point(-0.36, 1), Point(0.03, 1), Point(0.1, 0.96),
        Point(0.25, 0.63),
      ]
    case .offRoad:
      [
        Point(-0.47, 0.58), Point(-0.45, 0.95), Point(-0.4, 1), Point(0.06, 1), Point(0.12, 0.97),
        Point(0.22, 0.64),
      ]
    case .van:
      [
        Point(-0.49, 0.5), Point(-0.48, 0.96), Point(-0.44, 1), Point(0.16, 1), Point(0.22, 0.96),
        Point(0.36, 0.56),
      ]
    }
  }

  func draw(_ pen: Pen, motion: Motion) {
    let clearance = body == .offRoad ? 0.3 : 0.22
    let radius = body == .offRoad ? 0.38 : 0.33
    let roof = roof.map { Point($0.x * length, -$0.y * height) }
    let half = length / 2
    let belt = -0.6 * height
    let deck = body == .saloon ? -0.64 * height : belt
    pen.rectangle(-half + 0.1, -clearance - 0.15, length - 0.2, 0.2, Colour.black, radius: 0.05)
    var outline = [Point(-half, -clearance - 0.1), Point(-half + 0.02, deck + 0.1)]
    if body == .saloon { outline.append(Point(-half + 0.08, deck)) }
    outline += roof
    let nose = body == .van ? -0.42 * height : -0.5 * height
    outline += [
      Point(half - 0.16, nose - 0.04), Point(half - 0.03, nose + 0.14),
      Point(half, -clearance - 0.12), Point(half - 0.08, -clearance),
      Point(-half + 0.06, -clearance),
    ]
    pen.litPolygon(outline, paint, top: -height, bottom: -clearance)
    drawGlass(pen, roof, belt: belt)
    // The crease, the doors and what sticks out.
    pen.limb(
      [Point(-half + 0.1, belt + 0.16), Point(half - 0.2, belt + 0.2)], width: 0.025,
      paint.shaded(0.72))
    for x in [-0.13, 0.1] where body != .hatchback || x > 0 {
      pen.limb(
        [Point(x * length, belt), Point(x * length, -clearance - 0.08)], width: 0.02,
        paint.shaded(0.6))
      pen.limb(
        [Point(x * length - 0.32, belt + 0.13), Point(x * length - 0.2, belt + 0.13)],
        width: 0.035, paint.shaded(0.5))
    }
    pen.rectangle(
      0.17 * length, belt - 0.12, 0.16, 0.12, paint.shaded(0.75), radius: 0.04)
    pen.rectangle(half - 0.26, nose + 0.06, 0.2, 0.13, Colour(0xF7_F2D4), radius: 0.04)
    pen.rectangle(-half + 0.02, deck + 0.14, 0.14, 0.2, Colour(0xB8_1D1A), radius: 0.03)
    pen.limb(
      [Point(half - 0.3, -clearance - 0.1), Point(half - 0.05, -clearance - 0.1)], width: 0.07,
      Colour(0x30_3236))
    if hasRack {
      pen.limb(
        [Point(-0.28 * length, -height - 0.07), Point(0.03 * length, -height - 0.07)],
        width: 0.06, Colour(0x3A_3A3C))
    }
    for x in [-0.31 * length, 0.31 * length] {
      pen.circle(x, -radius - 0.02, radius + 0.07, Colour(0x0C_0C0E))
      Wheel.draw(pen, x, radius: radius, rim: rim, turn: motion.distance / radius)
    }
  }

  private func drawGlass(_ pen: Pen, _ roof: [Point], belt: Double) {
    let middle = Point(0, belt * 0.985)
    let inner = roof.map { point in
      Point(point.x * 0.93, middle.y + (point.y - middle.y) * 0.83)
    }
    var window = [Point(inner[0].x + 0.04, belt - 0.02)]
    window += inner.dropFirst().dropLast()
    window.append(Point(inner[inner.count - 1].x - 0.06, belt - 0.02))
    pen.litPolygon(window, Self.glass, top: -height, bottom: belt)
    pen.clipped(to: window) {
      pen.polygon(
        [
          Point(0.02 * length, belt), Point(0.1 * length, -height), Point(0.16 * length, -height),
          Point(0.08 * length, belt),
        ], Colour(0x9F_B4C0), alpha: 0.55)
      for x in [-0.13, 0.04] {
        pen.limb(
          [Point(x * length, belt + 0.1), Point(x * length, -height)], width: 0.09,
          paint.shaded(0.8))
      }
      if body == .van {
        pen.rectangle(-length, -height, length * 0.9, height, paint.shaded(0.92))
      }
    }
  }
}

/// A wheel of a car or a bus.
enum Wheel {
  /// A wheel that stands on the ground at x, turned by `turn` radians.
  static func draw(_ pen: Pen, _ x: Double, radius: Double, rim: Colour, turn: Double) {
    pen.circle(x, -radius, radius, Colour(0x1A_1A1C))
    pen.circle(x, -radius, radius * 0.64, rim)
    pen.placed(x: x, y: -radius, turn: turn) {
      for spoke in 0..<5 {
        let angle = Double(spoke) * 2 * .pi / 5
        let hole = Point(cos(angle), sin(angle)) * (radius * 0.4)
        pen.circle(hole.x, hole.y, radius * 0.15, Colour(0x2A_2A2E))
      }
      pen.circle(0, 0, radius * 0.12, rim.shaded(0.5))
    }
  }
}
