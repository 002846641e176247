import SplitpipeCore

/// A module of a YOLOv5 network, free of the file it came from: weights folded, settings checked.
indirect enum Block: Sendable {
  /// Children one after another.
  case sequence([Child])
  case convolution(Convolution)
  case activation(Activation)
  /// `Conv`: a convolution named `conv`, its activation named `act`.
  case activated(Convolution, Activation, hasNormalization: Bool)
  /// `cv2(cv1(x))`, plus x where `adds`.
  case bottleneck(first: Block, second: Block, adds: Bool)
  /// `cv3(concatenated (m(cv1(x)), cv2(x)))`.
  case c3(first: Block, middle: Block, second: Block, third: Block)
  /// `cv4(act(bn(concatenated (cv3(m(cv1(x))), cv2(x)))))`.
  case csp(
    first: Block, middle: Block, third: Block, second: Block, normalization: Convolution,
    activation: Activation, fourth: Block)
  /// `cv2(concatenated (x′, m(x′), m(m(x′)), m(m(m(x′)))))`, x′ = cv1(x).
  case sppf(first: Block, pool: Pooling, second: Block)
  /// `cv2(concatenated (x′, m.0(x′), m.1(x′), …))`, x′ = cv1(x).
  case spp(first: Block, pools: [Pooling], second: Block)
  /// Every second pixel into channels, then `conv`.
  case focus(Block)
  /// `concatenated (cv1(x), cv2(cv1(x)))`.
  case ghost(first: Block, second: Block)
  /// `conv(x) + shortcut(x)`.
  case residual(main: Block, shortcut: Block)
  case pooling(Pooling)
  /// Nearest-neighbour enlargement by whole factors.
  case upsampling(height: Int, width: Int)
  /// Joins the inputs along the channels.
  case concatenation

  struct Child: Sendable {
    var name: String
    var block: Block
  }

  /// A 2-D convolution of zero-padded input with bias; weights out×(in/groups)×height×width.
  struct Convolution: Sendable {
    var weight: Weight
    var bias: Weight
    var stride: [Int]
    var padding: [Int]
    var dilation: [Int]
    var groups: Int
  }

  struct Pooling: Sendable {
    var kernel: [Int]
    var stride: [Int]
    var padding: [Int]
    var dilation: [Int]
    var roundsUp: Bool
  }

  enum Activation: Sendable {
    case identity
    case silu
    case relu
    case leakyReLU(slope: Float)
    /// x · clip(x + 3, 0, 6) / 6.
    case hardSwish
    case sigmoid
  }
}
