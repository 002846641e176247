/// A module of a YOLO network, free of the file it came from: weights folded, settings checked.
indirect enum Block: Sendable {
  /// Children one after another.
  case sequence([Child])
  case convolution(ConvolutionLayer)
  case activation(Activation)
  /// `Conv`: a convolution named `conv`, its activation named `act`.
  case activated(ConvolutionLayer, Activation, hasNormalization: Bool)
  /// `cv2(cv1(x))`, plus x where `adds`.
  case bottleneck(first: Block, second: Block, adds: Bool)
  /// The child alone, plus x where `adds`.
  case wrapped(Child, adds: Bool)
  /// `cv3(concatenated (m(cv1(x)), cv2(x)))`.
  case c3(first: Block, middle: Block, second: Block, third: Block)
  /// `cv4(act(bn(concatenated (cv3(m(cv1(x))), cv2(x)))))`.
  case csp(
    first: Block, middle: Block, third: Block, second: Block, normalization: ConvolutionLayer,
    activation: Activation, fourth: Block)
  /// `cv2(concatenated (a, b, m.0(b), m.1(m.0(b)), …))`, a and b the halves of cv1(x).
  case c2f(first: Block, chain: [Child], second: Block)
  /// `cv2(concatenated (a, m(b)))`, a and b the halves of cv1(x).
  case c2(first: Block, middle: Block, second: Block)
  /// `cv2(concatenated (x′, m(x′), m(m(x′)), …))`, x′ = cv1(x), with `rounds` poolings; plus x where
  /// `adds`.
  case sppf(first: Block, pool: PoolingLayer, rounds: Int, second: Block, adds: Bool)
  /// `cv2(concatenated (x′, m.0(x′), m.1(x′), …))`, x′ = cv1(x).
  case spp(first: Block, pools: [PoolingLayer], second: Block)
  /// Every second pixel into channels, then `conv`.
  case focus(Block)
  /// `concatenated (cv1(x), cv2(cv1(x)))`.
  case ghost(first: Block, second: Block)
  /// `conv(x) + shortcut(x)`.
  case residual(main: Block, shortcut: Block)
  /// `act(conv(x) + conv1(x))`.
  case parallel(main: Block, side: Block, activation: Activation)
  /// Every pixel as a weighted mean of all.
  case attention(AttentionLayer)
  /// `attn`, then `ffn`.
  case attending(Attending)
  /// `cv2(concatenated (a, b′))`, a and b the halves of cv1(x), b′ what `attn` and `ffn` make of b.
  case psa(first: Block, Attending, second: Block)
  case pooling(PoolingLayer)
  /// Nearest-neighbour enlargement by whole factors.
  case upsampling(height: Int, width: Int)
  /// Joins the inputs along the channels.
  case concatenation

  struct Child: Sendable {
    var name: String
    var block: Block
  }

  /// `y + ffn(y)` of `y = x + attn(x)`; without the summands x and y where it does not add.
  struct Attending: Sendable {
    var attention: Block
    var feed: Block
    var adds: Bool
  }
}
