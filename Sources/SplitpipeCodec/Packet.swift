package import SplitpipeCore

/// One frame's tensors as they travel: everything needed to restore them, and a checksum.
///
/// `serialized()` documents every byte. A packet that was parsed is well formed as a whole; its
/// payloads are checked when they are decoded.
package struct Packet: Sendable, Equatable {
  /// What a packet needs besides itself.
  package enum Reference: Sendable, Equatable {
    /// Nothing.
    case key
    /// The packet with this sequence number, and all that one needs.
    case delta(from: UInt32)
  }

  /// One tensor: its shape and its coded values.
  package struct Part: Sendable, Equatable {
    package let shape: Shape
    /// As the codec writes it; for codes, minimum and maximum come first.
    package let payload: [UInt8]

    package init(shape: Shape, payload: [UInt8]) {
      self.shape = shape
      self.payload = payload
    }
  }

  /// The version this code writes and reads.
  package static let version: UInt8 = 1

  package let settings: CodecSettings
  package let reference: Reference
  /// Counts the packets of one sender from 0.
  package let sequence: UInt32
  package let stamp: FrameStamp
  /// The model and split the tensors belong to.
  package let fingerprint: CutFingerprint
  /// The tensors in the fixed order of the cut.
  package let parts: [Part]

  /// - Precondition: 1 to 255 parts, none of them empty, of rank 1 to 255; a finite time and an
  ///   index from 0; a delta only with a codec that has them and from an earlier packet.
  package init(
    settings: CodecSettings, reference: Reference, sequence: UInt32, stamp: FrameStamp,
    fingerprint: CutFingerprint, parts: [Part]
  ) {
    precondition((1...255).contains(parts.count), "a packet counts its tensors in a byte")
    precondition(
      parts.allSatisfy { $0.shape.count > 0 && (1...255).contains($0.shape.rank) },
      "tensors hold values, and count their axes in a byte")
    precondition(
      stamp.index >= 0 && stamp.seconds.isFinite, "frames count from 0, times are finite")
    if case .delta(let base) = reference {
      precondition(settings.codec.isTemporal && base < sequence, "a delta follows its base")
    }
    self.settings = settings
    self.reference = reference
    self.sequence = sequence
    self.stamp = stamp
    self.fingerprint = fingerprint
    self.parts = parts
  }

  /// Bytes of each tensor's payload, in the order of the cut.
  package var payloadBytes: [Int] { parts.map(\.payload.count) }

  /// Coefficients of all tensors.
  package var coefficients: Int { parts.reduce(0) { $0 + $1.shape.count } }
}

extension SplitpipeError {
  static func badPacket(_ problem: String) -> SplitpipeError {
    SplitpipeError(
      .badData, "cannot read a packet: \(problem); the sender or the connection is at fault")
  }
}
