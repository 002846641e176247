/// What a frame's codes may lean on, decided before the frame is quantized.
public enum FrameDependency: Sendable, Equatable {
  /// Nothing: ranges are taken anew, and a receiver needs no other frame.
  case key
  /// The frame of this index, which the sender coded last.
  case delta(from: Int)
}
