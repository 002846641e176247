import SplitpipeCore

/// What a receiver is ready to take in one packet; checked before memory is.
public struct PacketLimits: Sendable, Equatable {
  /// Tensors of a packet.
  public var maximumTensors: Int
  /// Coefficients of all tensors of a packet.
  public var maximumCoefficients: Int
  /// The largest extent along any axis.
  public var maximumExtent: Int
  /// Axes of a tensor.
  public var maximumRank: Int
  /// The most pixels a side of the source's picture and of the network's input; the least is 1.
  public var maximumSide: Int

  /// Takes limits; without any, those that a sender keeps to.
  public init(
    maximumTensors: Int = 32, maximumCoefficients: Int = 64 << 20, maximumExtent: Int = 65_535,
    maximumRank: Int = 8, maximumSide: Int = 65_535
  ) {
    self.maximumTensors = maximumTensors
    self.maximumCoefficients = maximumCoefficients
    self.maximumExtent = maximumExtent
    self.maximumRank = maximumRank
    self.maximumSide = maximumSide
  }

  /// Whether a packet of these tensors is within the limits.
  func allow(_ shapes: [Shape]) -> Bool {
    (1...maximumTensors).contains(shapes.count)
      && shapes.allSatisfy { shape in
        (1...maximumRank).contains(shape.rank)
          && shape.dimensions.allSatisfy { (1...maximumExtent).contains($0) }
      }
      && shapes.reduce(0) { $0 + min($1.count, maximumCoefficients + 1) } <= maximumCoefficients
  }

  /// Whether a packet of these sizes, or of none, is within the limits.
  func allow(_ sizes: FrameSizes?) -> Bool {
    sizes?.sides.allSatisfy { (1...maximumSide).contains($0) } ?? true
  }

  /// The most bytes of a packet within these limits: four per coefficient, a range for each where
  /// every coefficient is a channel of its own, and the header.
  public var maximumBytes: Int {
    maximumCoefficients * (4 + RangePrefix.size) + maximumTensors * (16 + maximumRank * 3) + 64
  }
}
