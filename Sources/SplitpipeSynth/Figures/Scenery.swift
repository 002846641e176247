import Glibc
import SplitpipeCore

/// A tree, a lamp post, a bollard or a bin: stands in the way and is not labelled.
struct Scenery: Figure {
  enum Shape: CaseIterable, Sendable { case tree, lamp, bollard, bin }

  var shape: Shape
  var colour: Colour
  var second: Colour
  var height: Double
  /// Where the leaves are, as shares of the crown's radius.
  var leaves: [Point]

  init(_ dice: inout Dice, shape: Shape) {
    self.shape = shape
    switch shape {
    case .tree:
      colour = Colour(0x5B_4430).varied(&dice, by: 0.04)
      second = dice.pick([0x3F6B2E, 0x55803A, 0x2F5A3A, 0x7A8A3A].map { Colour($0) })
      height = dice.between(3.6, 5)
    case .lamp:
      colour = Colour(0x4A_4E52).varied(&dice, by: 0.05)
      second = Colour(0xE8_E4D0)
      height = dice.between(4.5, 6)
    case .bollard:
      colour = dice.pick([0x2E3033, 0x8A2A22, 0x6E7276].map { Colour($0) })
      second = Colour.white
      height = dice.between(0.8, 1)
    case .bin:
      colour = dice.pick([0x2E5A3C, 0x3A3E44, 0x35507A].map { Colour($0) })
      second = Colour(0x1C_1D1F)
      height = dice.between(0.95, 1.15)
    }
    leaves = (0..<22).map { _ in
      let angle = dice.between(0, 2 * .pi)
      let distance = dice.unit().squareRoot() * 0.8
      return Point(cos(angle) * distance, sin(angle) * distance)
    }
  }

  var kind: ObjectClass? { nil }
  var extent: Extent {
    let side = shape == .tree ? 1.9 : shape == .lamp ? 1.3 : 0.5
    return Extent(
      back: side, front: side, height: height + (shape == .tree ? 1.9 : 0.3),
      base: shape == .tree ? 0.9 : 0.3)
  }

  func draw(_ pen: Pen, motion: Motion) {
    switch shape {
    case .tree:
      pen.litPolygon(
        [
          Point(-0.16, 0), Point(-0.1, -height), Point(0.1, -height), Point(0.17, 0),
        ], colour, top: -height, bottom: 0.4)
      let sway = 0.03 * sin(motion.seconds * 1.3)
      for (index, leaf) in leaves.enumerated() {
        let shade = 0.72 + 0.5 * Double(index) / Double(leaves.count) - 0.12 * leaf.y
        pen.circle(
          leaf.x * 1.5 + sway, -height + leaf.y * 1.2, 0.42, second.shaded(min(1.15, shade)))
      }
    case .lamp:
      pen.limb([Point(0, -0.03), Point(0, -height)], width: 0.13, colour)
      pen.limb([Point(0, -height), Point(0.9, -height - 0.1)], width: 0.09, colour)
      pen.limb([Point(0.75, -height - 0.05), Point(1.1, -height - 0.05)], width: 0.14, second)
      pen.rectangle(-0.13, -0.7, 0.26, 0.7, colour.shaded(0.85), radius: 0.03)
    case .bollard:
      pen.litRectangle(-0.1, -height, 0.2, height, colour, radius: 0.08)
      pen.rectangle(-0.1, -height * 0.82, 0.2, 0.12, second)
    case .bin:
      pen.litPolygon(
        [Point(-0.3, -height), Point(0.3, -height), Point(0.24, 0), Point(-0.24, 0)], colour,
        top: -height, bottom: 0)
      pen.rectangle(-0.34, -height - 0.05, 0.68, 0.12, second, radius: 0.04)
    }
  }
}
