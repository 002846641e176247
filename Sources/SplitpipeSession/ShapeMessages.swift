import SplitpipeCodec
import SplitpipeCore
import SplitpipeProtocol

extension Splitpipe_V1_TensorShape {
  /// Name and extents as they travel.
  init(_ tensor: TensorDescription) {
    self.init()
    name = tensor.name
    extents = tensor.shape.dimensions.map { UInt32(clamping: $0) }
  }
}
