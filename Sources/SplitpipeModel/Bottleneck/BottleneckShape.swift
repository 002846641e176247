package import SplitpipeCore

/// What stands at the split instead of the tensors that would cross: an encoder to few channels on the
/// device, and a decoder on the server.
package struct BottleneckShape: Sendable, Hashable, Codable {
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// One convolution and no activation; on the way back a transposed one and two more.
    case linear
    /// Cunico et al., "I-SPLIT", as its authors' program has it: two convolutions of stride 2, each with
    /// batch normalization and ReLU, and their mirror images.
    case paper
  }

  package let kind: Kind
  /// Of what crosses; of `paper` there are twice as many.
  package let channels: Int
  /// Rows and columns of the tensor for one of what crosses; of `paper` it is 4.
  package let stride: Int

  package static let strides = [1, 2, 4]

  /// - Precondition: at least one channel, and one of `strides`.
  package init(kind: Kind, channels: Int, stride: Int) {
    precondition(channels > 0 && Self.strides.contains(stride))
    self.kind = kind
    self.channels = channels
    self.stride = stride
  }

  /// The shape whose latent tensor has a share of a tensor's coefficients, at least one channel.
  ///
  /// - Parameters:
  ///   - kind: which.
  ///   - share: above 0, at most 1.
  ///   - tensor: channels and more.
  ///   - stride: of the linear one.
  package init(kind: Kind, share: Double, of tensor: Shape, stride: Int) {
    let factor = kind == .paper ? 2.0 / 16 : 1 / Double(stride * stride)
    self.init(
      kind: kind, channels: max(1, Int((share * Double(tensor[1]) / factor).rounded())),
      stride: kind == .paper ? 4 : stride)
  }

  /// Layers of the encoder.
  ///
  /// - Parameter count: channels of the tensor.
  /// - Returns: from the first to the last.
  func encoder(_ count: Int) -> [BottleneckLayer] {
    switch kind {
    case .linear:
      // Windows overlap where they move by more than one place.
      let side = stride == 4 ? 5 : 3
      return [.convolution(from: count, to: channels, side: side, stride: stride)]
    case .paper:
      return [
        .convolution(from: count, to: channels, side: 3, stride: 2), .normalization(channels),
        .rectifier,
        .convolution(from: channels, to: 2 * channels, side: 3, stride: 2),
        .normalization(2 * channels), .rectifier,
      ]
    }
  }

  /// Layers of the decoder.
  ///
  /// - Parameter count: channels of the tensor.
  /// - Returns: from the first to the last.
  func decoder(_ count: Int) -> [BottleneckLayer] {
    switch kind {
    case .linear:
      let first: BottleneckLayer =
        stride == 1
        ? .convolution(from: channels, to: count, side: 3, stride: 1)
        : .transposed(from: channels, to: count, side: 2 * stride, stride: stride)
      return [
        first, .sigmoidUnit, .convolution(from: count, to: count, side: 3, stride: 1), .sigmoidUnit,
        .convolution(from: count, to: count, side: 3, stride: 1),
      ]
    case .paper:
      return [
        .transposed(from: 2 * channels, to: channels, side: 3, stride: 2),
        .normalization(channels), .rectifier,
        .transposed(from: channels, to: count, side: 3, stride: 2),
        .normalization(count), .rectifier,
      ]
    }
  }
}

/// A layer of a bottleneck.
enum BottleneckLayer: Sendable, Hashable {
  /// Padded so that a stride of 1 keeps the extents.
  case convolution(from: Int, to: Int, side: Int, stride: Int)
  /// Makes `stride` times the extents.
  case transposed(from: Int, to: Int, side: Int, stride: Int)
  /// Batch normalization of so many channels.
  case normalization(Int)
  /// ReLU.
  case rectifier
  /// SiLU.
  case sigmoidUnit
}
