/// What stands behind the ground: houses, a wall, a hedge or a fence, and the sky over it.
struct Background {
  let view: View
  let layout: Layout

  private var left: Double { -Backdrop.margin }
  private var right: Double { view.width + Backdrop.margin }
  private var base: Double { layout.wallBase }

  private static let plasters: [Colour] = [
    0xD9CDB4, 0xC7B79C, 0xB9C0C4, 0xD8B79A, 0xA9A79E, 0xC9D0C0, 0xB58B72,
  ].map { Colour($0) }
  private static let bricks: [Colour] = [0x8E4B3A, 0x7A4436, 0xA0664C, 0x8A7A68].map { Colour($0) }

  func draw(_ pen: Pen, _ dice: inout Dice) {
    switch layout.back {
    case .houses: drawHouses(pen, &dice)
    case .bricks: drawBricks(pen, from: left, to: right, top: left, &dice)
    case .hedge:
      drawSky(pen, &dice)
      drawTrees(pen, &dice)
      drawHedge(pen, top: base - dice.between(50, 80), &dice)
    case .fence:
      drawSky(pen, &dice)
      drawTrees(pen, &dice)
      drawFence(pen, top: base - dice.between(48, 70), &dice)
    }
    pen.rectangle(left, base - 3, right - left, 4, Colour(0x3A_3834), alpha: 0.55)
  }

  private func drawSky(_ pen: Pen, _ dice: inout Dice) {
    let sky = dice.pick([0xA9C3DA, 0xC8CFD4, 0x8FB2D6, 0xD6D2C4].map { Colour($0) })
    pen.litRectangle(left, left, right - left, base - left, sky)
  }

  private func drawTrees(_ pen: Pen, _ dice: inout Dice) {
    let green = dice.pick([0x47683A, 0x5B7A42, 0x37583C, 0x6C7440].map { Colour($0) })
    for _ in 0..<dice.index(7) {
      let x = dice.between(left, right)
      let y = base - dice.between(70, 130)
      pen.limb([Point(x, base), Point(x, y)], width: 9, Colour(0x4B_3A2C))
      for leaf in 0..<34 {
        let shade = 0.6 + 0.5 * Double(leaf) / 34
        pen.circle(
          x + dice.between(-38, 38), y + dice.between(-34, 26), dice.between(9, 17),
          green.shaded(shade))
      }
    }
  }

  private func drawHedge(_ pen: Pen, top: Double, _ dice: inout Dice) {
    let green = dice.pick([0x3D5C2E, 0x4B6A33, 0x2F4F35].map { Colour($0) })
    pen.litRectangle(left, top, right - left, base - top, green)
    for _ in 0..<900 {
      let y = dice.between(top - 3, base - 3)
      let share = (y - top) / (base - top)
      pen.circle(
        dice.between(left, right), y, dice.between(1.5, 4.5),
        green.shaded(dice.between(0.75, 1.2) * (1.1 - 0.4 * share)))
    }
  }

  private func drawFence(_ pen: Pen, top: Double, _ dice: inout Dice) {
    let wood = dice.pick([0x8B6A48, 0x6E7276, 0xA88B62, 0x5E6F5A].map { Colour($0) })
    let board = dice.between(9, 16)
    var x = left
    while x < right {
      let colour = wood.varied(&dice, by: 0.05)
      pen.litRectangle(x, top + dice.between(-1, 1), board - 1.2, base - top, colour)
      x += board
    }
    for share in [0.2, 0.8] {
      pen.rectangle(left, top + (base - top) * share, right - left, 4, wood.shaded(0.7))
    }
  }

  private func drawBricks(
    _ pen: Pen, from: Double, to: Double, top: Double, _ dice: inout Dice
  ) {
    let brick = dice.pick(Self.bricks)
    pen.rectangle(from, top, to - from, base - top, brick.mixed(with: Colour(0xB0_A898), 0.55))
    var y = base - 7.0
    var isOdd = false
    while y > top - 7 {
      var x = from - (isOdd ? 8 : 0)
      while x < to {
        let start = max(from, x)
        let end = min(to, x + 15)
        if end > start { pen.rectangle(start, y, end - start, 6, brick.varied(&dice, by: 0.05)) }
        x += 16
      }
      y -= 7
      isOdd.toggle()
    }
  }

  private func drawHouses(_ pen: Pen, _ dice: inout Dice) {
    var x = left
    while x < right {
      let width = dice.between(120, 250)
      let end = min(right, x + width)
      if dice.chance(0.35) {
        drawBricks(pen, from: x, to: end, top: left, &dice)
      } else {
        pen.rectangle(x, left, end - x, base - left, dice.pick(Self.plasters).varied(&dice))
      }
      pen.rectangle(x, base - 14, end - x, 14, Colour(0x6B_6862), alpha: 0.7)
      drawOpenings(pen, from: x, width: width, &dice)
      pen.rectangle(x, left, 2, base - left, Colour(0x2C_2A28), alpha: 0.6)
      x = end
    }
  }

  private func drawOpenings(_ pen: Pen, from: Double, width: Double, _ dice: inout Dice) {
    let count = max(2, Int(width / 52))
    let step = width / Double(count)
    let door = dice.index(count)
    let frame = dice.pick([0xEAE6DA, 0x4A3A30, 0x3A4A44, 0xD8D4C8].map { Colour($0) })
    let doorColour = dice.pick([0x5A2E22, 0x2E4A3A, 0x2C3E5C, 0x6A5638].map { Colour($0) })
    for column in 0..<count {
      let middle = from + step * (Double(column) + 0.5)
      for row in 0..<2 {
        let bottom = base - 34 - 66 * Double(row)
        let isDoor = row == 0 && column == door
        let half = isDoor ? 13.0 : 14.0
        let top = isDoor ? base - 66 : bottom - 40
        let floor = isDoor ? base - 2 : bottom
        pen.rectangle(middle - half - 3, top - 3, 2 * half + 6, floor - top + 5, frame)
        if isDoor {
          pen.litRectangle(middle - half, top, 2 * half, floor - top, doorColour)
          pen.circle(middle + half - 5, top + 36, 1.6, Colour(0xC8_B050))
        } else {
          pen.litRectangle(
            middle - half, top, 2 * half, floor - top, Colour(0x3C_4A56).varied(&dice, by: 0.07))
          pen.rectangle(middle - 1, top, 2, floor - top, frame)
          pen.rectangle(middle - half, (top + floor) / 2, 2 * half, 2, frame)
        }
      }
    }
  }
}
