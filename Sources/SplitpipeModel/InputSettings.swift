package import SplitpipeCore

/// What a user says of how pictures become a model's input; nil leaves a value to the model.
///
/// Values are the texts of the options of the same name, whether on the command line or in a
/// pipeline file.
package struct InputSettings: Sendable, Hashable {
  package var size: InputSize?
  package var range: PixelRange?
  package var channels: InputGeometry.ChannelOrder?
  /// Subtracted per plane, in the order of `channels` and the unit of `range`.
  package var mean: PlaneValues?
  /// What each plane is divided by after that.
  package var deviation: PlaneValues?
  package var letterbox: InputGeometry.Placement?
  /// Length of the shorter side after scaling, in pixels; for classifiers alone.
  package var resize: Int?
  /// Side of the square cut out of the middle, in pixels; for classifiers alone.
  package var crop: Int?

  package init() {}

  /// Whether nothing was said.
  package var isEmpty: Bool { self == InputSettings() }
}

/// What a byte of 255 is before mean and deviation.
package enum PixelRange: String, Sendable, Hashable, CaseIterable {
  case one = "1"
  case byte = "255"

  /// What each byte is multiplied by.
  package var byteScale: Float { self == .one ? 1 / 255 : 1 }
}

/// Three numbers, one a colour plane.
package struct PlaneValues: Sendable, Hashable {
  package let values: SIMD3<Float>

  /// - Parameter values: finite numbers.
  package init(_ values: SIMD3<Float>) { self.values = values }

  /// What `init(parsing:)` reads, for errors.
  package static let syntax = "three numbers separated by commas"

  /// Reads three numbers separated by commas; nil for anything else.
  ///
  /// - Parameter text: as in `0.485,0.456,0.406`.
  package init?(parsing text: String) {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      Float(part.drop { $0 == " " })
    }
    guard numbers.count == 3, let first = numbers[0], let second = numbers[1],
      let third = numbers[2], [first, second, third].allSatisfy(\.isFinite)
    else { return nil }
    values = SIMD3(first, second, third)
  }
}

extension Model {
  /// The model as a user says it is to be fed.
  ///
  /// - Parameter settings: what to change.
  /// - Returns: the same network with another input geometry.
  /// - Throws: `usage` for a size that the model cannot take, and for a deviation of 0.
  package func fed(_ settings: InputSettings) throws(SplitpipeError) -> Model {
    var model = self
    if let size = settings.size { model.geometry.size = try self.size(size) }
    if let range = settings.range { model.geometry.byteScale = range.byteScale }
    if let channels = settings.channels { model.geometry.channelOrder = channels }
    if let placement = settings.letterbox { model.geometry.placement = placement }
    if settings.mean != nil || settings.deviation != nil {
      let own = geometry.normalization
      let deviation = settings.deviation?.values ?? own?.deviation ?? SIMD3(repeating: 1)
      guard (0..<3).allSatisfy({ deviation[$0] > 0 }) else {
        throw SplitpipeError(.usage, "--std takes three numbers greater than 0")
      }
      model.geometry.normalization = PixelNormalization(
        mean: settings.mean?.values ?? own?.mean ?? .zero, deviation: deviation)
    }
    return model
  }

  private func size(_ wanted: InputSize) throws(SplitpipeError) -> InputGeometry.Size {
    switch (geometry.size, wanted) {
    case (.fixed(let own), _):
      guard wanted.fits(own) else {
        throw SplitpipeError(
          .usage,
          "--size is \(wanted), but the model \(name) takes an input of \(own) only; leave --size "
            + "out, or export the model at the other size or with dynamic axes")
      }
      return geometry.size
    case (.rectangular(_, let stride), .longest(let side)):
      return .rectangular(longest: side, stride: stride)
    case (.rectangular(_, let stride), .exactly(let size)):
      guard size.width % stride == 0, size.height % stride == 0 else {
        func up(_ side: Int) -> Int { max(1, (side + stride - 1) / stride) * stride }
        throw SplitpipeError(
          .usage,
          "--size is \(wanted), but sides of \(name)'s input are multiples of \(stride); the next "
            + "is \(up(size.width))x\(up(size.height))")
      }
      return .fixed(size)
    }
  }
}
