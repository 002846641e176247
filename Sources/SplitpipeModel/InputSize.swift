package import SplitpipeCore

/// The size of a network's input as a user gives it.
package enum InputSize: Sendable, Hashable, CustomStringConvertible {
  /// The longest side of the scaled picture; sides are padded to the network's stride.
  case longest(Int)
  /// Width and height.
  case exactly(PixelSize)

  /// Sides there may be, in pixels.
  package static let sides = 8...8192

  /// What `init(parsing:)` reads, for help texts and errors.
  package static let syntax = "a number of pixels, or width x height as in 640x384"

  /// Reads `640` or `640x384`; nil for anything else, sides out of range included.
  ///
  /// - Parameter text: what a user wrote.
  package init?(parsing text: String) {
    let sides = text.split(omittingEmptySubsequences: false) { "xX×".contains($0) }
      .map { Int($0) ?? 0 }
    guard sides.allSatisfy(Self.sides.contains) else { return nil }
    switch sides.count {
    case 1: self = .longest(sides[0])
    case 2: self = .exactly(PixelSize(width: sides[0], height: sides[1]))
    default: return nil
    }
  }

  /// Whether an input of one size is what it stands for.
  func fits(_ size: PixelSize) -> Bool {
    switch self {
    case .longest(let side): max(size.width, size.height) == side
    case .exactly(let wanted): wanted == size
    }
  }

  package var description: String {
    switch self {
    case .longest(let side): "\(side)"
    case .exactly(let size): "\(size.width)x\(size.height)"
    }
  }
}
