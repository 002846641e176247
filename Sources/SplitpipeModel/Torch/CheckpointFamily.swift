import SplitpipeCore

/// A kind of network that is saved whole as a PyTorch checkpoint, read and checked.
///
/// A further kind is a type of this protocol in a folder of its own and a line in
/// `checkpointFamilies`.
protocol CheckpointFamily: Sendable {
  /// What the family calls a Python module whose classes its checkpoints may name; nil for any other.
  ///
  /// Nothing of the module is run: this is what may appear in the pickle at all.
  static func module(named name: String) -> String?

  /// Whether a pickled network is of this family, told by its class.
  static func recognises(_ network: TorchModule) -> Bool

  /// Reads and checks a network.
  ///
  /// - Throws: `.badData` where it is damaged or of a kind that is not supported.
  init(_ network: TorchModule, in checkpoint: TorchCheckpoint, limits: CheckpointLimits) throws

  /// What this size of the network is called, `YOLOv5n`.
  var name: String { get }
  var classNames: [String] { get }
  var geometry: InputGeometry { get }
  var detector: DetectorKind? { get }
  /// A small input that it takes, to find out whether its shapes fit together.
  var probe: PixelSize { get }

  /// Builds the graph for one input size; its module paths are aliases.
  ///
  /// - Throws: `.usage` where the network does not take the size, `.badData` where its shapes do not
  ///   fit together.
  func graph(size: PixelSize, maximumSide: Int) throws -> ModelGraph
}

/// The families that are read as `.pt`. The first also says what is wrong with a network that none
/// of them recognises.
let checkpointFamilies: [any CheckpointFamily.Type] = [
  YOLOv5Network.self, UltralyticsNetwork.self,
]
