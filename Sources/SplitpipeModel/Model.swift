public import SplitpipeCore

/// A detector read from a file: what it expects, what it gives, and its graph at any input size.
public struct Model: Sendable {
  /// The path or name the user gave.
  public var name: String
  /// What it is, for people: `YOLOv5n`, `YOLOX`, `ONNX`.
  public var family: String
  /// `.pt` or `ONNX opset 12`.
  public var format: String
  /// By class index.
  public var classNames: [String]
  /// How pictures become its input.
  public var geometry: InputGeometry
  /// nil where the output matches no known detector.
  package var detector: DetectorKind?
  /// What the output looks like instead, where it is neither a known detector's nor a classifier's.
  package var headProblem: String?
  /// Licence as the file states it, if it does.
  public var licence: String?
  /// Names what the file holds.
  public var contentHash: ContentHash
  /// The network where it only runs whole; nil where it has a graph.
  package var network: RuntimeNetwork?
  /// Makes the graph for one input size (1×3×H×W), shapes checked; throws where there is none.
  package var graph: @Sendable (PixelSize) throws -> ModelGraph

  package init(
    name: String, family: String, format: String, classNames: [String], geometry: InputGeometry,
    detector: DetectorKind?, headProblem: String? = nil, licence: String?,
    contentHash: ContentHash, network: RuntimeNetwork? = nil,
    graph: @escaping @Sendable (PixelSize) throws -> ModelGraph
  ) {
    self.name = name
    self.family = family
    self.format = format
    self.classNames = classNames
    self.geometry = geometry
    self.detector = detector
    self.headProblem = headProblem
    self.licence = licence
    self.contentHash = contentHash
    self.network = network
    self.graph = graph
  }
}
