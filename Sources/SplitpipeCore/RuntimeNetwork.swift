/// A network in a runtime's own form (OpenVINO's IR), which nobody but the runtime looks into: it runs
/// whole, and cannot be cut.
public struct RuntimeNetwork: Sendable {
  /// The text that describes it, as the `.xml` file holds it.
  public let description: [UInt8]
  /// The numbers that the description points into, as the `.bin` file holds them.
  public let weights: [UInt8]
  /// What the output that holds the boxes may be called; empty where there is only one.
  public let outputNames: Set<String>

  /// Joins what makes up a network.
  public init(description: [UInt8], weights: [UInt8], outputNames: Set<String>) {
    self.description = description
    self.weights = weights
    self.outputNames = outputNames
  }
}
