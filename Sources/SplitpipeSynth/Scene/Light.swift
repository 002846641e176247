import Glibc
import SplitpipeCore

/// The light of the day and the sensor that sees it: brightness, tint, slow drift, noise.
struct Light {
  private let brightness: Double
  private let tint: Colour
  private let period: Double
  private let swing: Double
  private let start: Double
  private let noise: [Int16]
  private var dice: Dice

  private static let noiseCount = 1 << 16

  init(_ dice: inout Dice, noise stream: Dice) {
    brightness = dice.between(0.82, 1.12)
    tint = Colour(dice.between(0.96, 1.05), 1, dice.between(0.94, 1.06))
    period = dice.between(12, 40)
    swing = dice.between(0.02, 0.07)
    start = dice.between(0, 2 * .pi)
    let deviation = dice.between(1, 2.8)
    var stream = stream
    noise = (0..<Self.noiseCount).map { _ in Int16((stream.normal() * deviation).rounded()) }
    self.dice = stream
  }

  /// Changes a drawn frame into what the sensor reads at a time.
  ///
  /// - Precondition: `width` is below 32768.
  mutating func expose(
    _ pixels: inout MutableSpan<UInt32>, width: Int, height: Int, pixelsPerRow: Int,
    seconds: Double
  ) {
    precondition(width < Self.noiseCount / 2 && pixels.count >= height * pixelsPerRow)
    let gain = brightness * (1 + swing * sin(start + 2 * .pi * seconds / period)) * 256
    let red = Int32((gain * tint.red).rounded())
    let green = Int32(gain.rounded())
    let blue = Int32((gain * tint.blue).rounded())
    var dice = dice
    defer { self.dice = dice }
    let noise = noise.span
    for row in 0..<height {
      let first = dice.index(Self.noiseCount - width)
      let second = dice.index(Self.noiseCount - width)
      for column in 0..<width {
        let index = row * pixelsPerRow + column
        let old = unsafe pixels[unchecked: index]
        let grain = Int32(unsafe noise[unchecked: first + column])
        let hue = Int32(unsafe noise[unchecked: second + column]) >> 1
        let r = min(255, max(0, (Int32(old >> 16 & 255) * red) >> 8 + grain + hue))
        let g = min(255, max(0, (Int32(old >> 8 & 255) * green) >> 8 + grain))
        let b = min(255, max(0, (Int32(old & 255) * blue) >> 8 + grain - hue))
        unsafe pixels[unchecked: index] = UInt32(r << 16 | g << 8 | b)
      }
    }
  }
}

/// Where the camera points, off its mean, in units: the sum of a few slow and quick oscillations.
struct Shake: Sendable {
  private let waves: [(frequency: Double, start: Double, x: Double, y: Double)]

  init(_ dice: inout Dice) {
    waves = (0..<4).map { index in
      let strength = 1.6 / Double(index + 1)
      return (
        dice.between(0.3, 1) * Double(index + 1) * 1.7, dice.between(0, 2 * .pi),
        dice.between(-strength, strength), dice.between(-strength, strength)
      )
    }
  }

  /// Less than 4 units either way.
  func offset(at seconds: Double) -> Point {
    waves.reduce(Point(0, 0)) { sum, wave in
      sum + Point(wave.x, wave.y) * sin(wave.start + 2 * .pi * wave.frequency * seconds)
    }
  }
}
