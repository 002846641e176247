import SplitpipeCore

/// A reader of bytes from outside, run on any bytes.
///
/// A target returns whatever it is given. It may refuse with a `SplitpipeError` about bad data;
/// everything else, a trap, another error, a broken promise about what was read, is a fault.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// One packet, its checksum made right, and its tensors.
  case packet
  /// Packets one after another, as a receiver with memory sees them.
  case packets
  /// The payload of one tensor in `rle`, `packed` or `raw`.
  case payload
  /// Frames of the context coder, to its readers in Swift and in C.
  case context
  /// An `.spt` file, its checksums made right.
  case spt
  /// An `.npy` file.
  case npy
  /// A PyTorch checkpoint.
  case checkpoint
  /// The pickle inside a checkpoint whose other members are good.
  case pickle
  /// An ONNX model.
  case onnx
  /// What an edge sends to a server.
  case server
  /// What a server sends to an edge.
  case edge

  /// Feeds the bytes to the reader.
  package func run(_ bytes: [UInt8]) {
    do {
      switch self {
      case .packet: try fuzzPacket(bytes)
      case .packets: try fuzzPackets(bytes)
      case .payload: try fuzzPayload(bytes)
      case .context: try fuzzContext(bytes)
      case .spt: try fuzzTensorFile(bytes)
      case .npy: try fuzzNumPy(bytes)
      case .checkpoint: try fuzzCheckpoint(bytes)
      case .pickle: try fuzzPickle(bytes)
      case .onnx: try fuzzONNX(bytes)
      case .server: try fuzzServer(bytes)
      case .edge: try fuzzEdge(bytes)
      }
    } catch let error as SplitpipeError {
      precondition(error.kind == .badData, "refused as \(error.kind): \(error.message)")
    } catch {
      preconditionFailure("refused with another error: \(error)")
    }
  }

  /// Good inputs that this build writes; those of models lie in `Fuzz/Seeds`.
  package func seeds() throws -> [[UInt8]] {
    switch self {
    case .packet: try packetSeeds()
    case .packets: try packetSequenceSeeds()
    case .payload: try payloadSeeds()
    case .context: try contextSeeds()
    case .spt: try tensorFileSeeds()
    case .npy: numPySeeds()
    case .checkpoint, .pickle, .onnx: []
    case .server: try serverSeeds()
    case .edge: try edgeSeeds()
    }
  }
}
