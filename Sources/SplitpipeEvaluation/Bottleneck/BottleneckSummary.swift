package import SplitpipeTraining

/// What `splitpipe bottleneck train --summary` writes.
package struct BottleneckSummary: Encodable, Sendable {
  package let model: String
  package let output: String
  package let split: String
  package let shape: String
  package let bits: Int
  package let tuned: String
  /// Pictures that were learnt from, and that were kept apart.
  package let pictures: Int
  package let heldOutPictures: Int
  /// Width and height of the network's input that the model is for.
  package let size: String
  package let steps: Int
  package let seconds: Double
  package let losses: [LossPoint]
  /// What the device has to compute besides the head.
  package let encoderMACs: Int
  package let decoderMACs: Int
  package let headMACs: Int
  /// Medians of a picture on this machine, in turn: the head with the encoder, which gives out less, and the
  /// head alone.
  package let encodingHeadSeconds: Double
  package let headSeconds: Double
  /// Channels, rows and columns of what crosses; of several tensors the split's own.
  package let latent: [Int]
  /// Coefficients that cross over those that crossed before.
  package let rate: Double
  package let complete: Bool
  package let notes: [String]
}
