extension PixelSize {
  /// The longest side that can be asked for, in pixels.
  package static let longestSide = 1 << 14

  /// Reads a size as people write it: `640` for a square, or width and height as in `640x384`.
  ///
  /// - Parameter text: one or two whole numbers from 1 to 16384, an `x` or `×` between them.
  /// - Throws: `usage` for anything else.
  package init(parsing text: String) throws(SplitpipeError) {
    let parts = text.split(omittingEmptySubsequences: false) { "xX×".contains($0) }
    let sides = parts.compactMap { part in
      // No sign and no other script's digits, which Int would take.
      part.utf8.allSatisfy { (48...57).contains($0) } ? Int(part) : nil
    }
    guard (1...2).contains(parts.count), sides.count == parts.count,
      sides.allSatisfy({ (1...Self.longestSide).contains($0) })
    else {
      throw SplitpipeError(
        .usage,
        "\"\(text)\" is no size; give one number for a square, as in 640, or width and height, as "
          + "in 640x384, each 1 to \(Self.longestSide) pixels")
    }
    self.init(width: sides[0], height: sides[sides.count - 1])
  }
}

extension InputGeometry.Size {
  /// The size that the network takes unless another is asked for: its only one, or the square of its
  /// longest side, padded.
  package var usual: PixelSize {
    switch self {
    case .fixed(let size): return size
    case .rectangular(let longest, let stride):
      let side = (longest + stride - 1) / stride * stride
      return PixelSize(width: side, height: side)
    }
  }
}
