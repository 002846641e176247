public import SplitpipeCore

/// One frame's tensors as they travel, and a checksum.
///
/// `serialized()` documents every byte. A packet that was parsed is well formed as a whole; what it
/// leans on and its payloads are checked when they are decoded.
public struct Packet: Sendable, Equatable {
  /// What a packet needs besides itself.
  public enum Dependency: Sendable, Equatable {
    /// Nothing.
    case key
    /// The packet with this sequence number, and all that one needs.
    case delta(from: UInt32)
  }

  /// What is the same from a key frame to the next, and travels with the key frame only.
  public struct KeyHeader: Sendable, Equatable {
    /// The model and split the tensors belong to.
    public let fingerprint: CutFingerprint
    /// The sizes of the source's picture and of the network's input; nil where there is no picture.
    public let sizes: FrameSizes?
    /// The tensors in the fixed order of the cut.
    public let shapes: [Shape]

    /// Joins what a key frame tells.
    public init(fingerprint: CutFingerprint, sizes: FrameSizes? = nil, shapes: [Shape]) {
      self.fingerprint = fingerprint
      self.sizes = sizes
      self.shapes = shapes
    }
  }

  /// The coded values.
  public enum Contents: Sendable, Equatable {
    /// Each tensor by itself: its ranges, then what the codec makes of it; at 32 bits no ranges.
    case tensors([[UInt8]])
    /// The ranges of all tensors, unless they are those of the base, then what the codec makes of
    /// all tensors.
    case joined([UInt8])
  }

  /// The version this code writes; it reads this one and those before it.
  public static let version: UInt8 = 3

  /// The codec and the bit depth of the payloads.
  public let settings: CodecSettings
  /// What the packet needs besides itself.
  public let dependency: Dependency
  /// Counts the packets of one sender from 0.
  public let sequence: UInt32
  /// The frame's index and time.
  public let stamp: FrameStamp
  /// nil in a delta, which takes over that of its base.
  public let keyHeader: KeyHeader?
  /// Whether ranges are those of tensors or of channels.
  public let ranges: RangeLayout
  /// Whether a delta has the ranges of its base.
  public let keepsRanges: Bool
  /// The coded values.
  public let contents: Contents

  /// Joins the parts of a packet.
  ///
  /// - Precondition: a key with 1 to 255 tensors, none of them empty, of rank 1 to 255, or a delta
  ///   of a codec that has them, without a key header and from an earlier packet; a payload for each
  ///   tensor if the codec codes them one by one, else one for all; a finite time and an index from
  ///   0; sizes of at least one pixel a side; ranges kept in a delta only.
  package init(
    settings: CodecSettings, dependency: Dependency, sequence: UInt32, stamp: FrameStamp,
    keyHeader: KeyHeader?, ranges: RangeLayout = .tensor, keepsRanges: Bool = false,
    contents: Contents
  ) {
    precondition(
      stamp.index >= 0 && stamp.seconds.isFinite, "frames count from 0, times are finite")
    switch dependency {
    case .key:
      let shapes = keyHeader?.shapes ?? []
      precondition((1...255).contains(shapes.count), "a packet counts its tensors in a byte")
      precondition(
        shapes.allSatisfy { $0.count > 0 && (1...255).contains($0.rank) },
        "tensors hold values, and count their axes in a byte")
      precondition(
        keyHeader?.sizes?.sides.allSatisfy { $0 > 0 } ?? true, "a picture has at least one pixel")
      precondition(!keepsRanges, "a key has nothing to keep ranges of")
      if case .tensors(let payloads) = contents {
        precondition(payloads.count == shapes.count, "every tensor has a payload")
      }
    case .delta(let base):
      precondition(settings.codec.isTemporal && base < sequence, "a delta follows its base")
      precondition(keyHeader == nil, "a delta has the header of its base")
    }
    let isWhole = if case .joined = contents { true } else { false }
    precondition(isWhole == settings.codec.codesWholeFrames, "payloads are those of the codec")
    self.settings = settings
    self.dependency = dependency
    self.sequence = sequence
    self.stamp = stamp
    self.keyHeader = keyHeader
    self.ranges = ranges
    self.keepsRanges = keepsRanges
    self.contents = contents
  }

  /// Bytes of each payload: one for each tensor in the order of the cut, or one for all.
  public var payloadBytes: [Int] {
    switch contents {
    case .tensors(let payloads): payloads.map(\.count)
    case .joined(let payload): [payload.count]
    }
  }
}

extension FrameSizes {
  /// Width and height of the source, then those of the input: the order in which they travel.
  var sides: [Int] { [source.width, source.height, input.width, input.height] }
}

extension SplitpipeError {
  static func badPacket(_ problem: String) -> SplitpipeError {
    SplitpipeError(
      .badData, "cannot read a packet: \(problem); the sender or the connection is at fault")
  }
}
