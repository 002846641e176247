package import SplitpipeCore

/// The split of a model where none is asked for.
package struct DefaultSplit: Sendable, Hashable {
  /// What the split is called.
  package let name: String
  /// Says which split it is and how to choose another; nil for the one that documents name.
  package let note: String?

  /// The split that the measured tables of YOLOv5 are of.
  package static let usual = "4.m"

  /// A split that was asked for.
  package init(named name: String) {
    self.name = name
    note = nil
  }

  fileprivate init(name: String, note: String) {
    self.name = name
    self.note = note
  }
}

/// Chooses a split for a model: its bottleneck or `4.m` where it has one, else the split of fewest bytes
/// within the first third of the multiply-accumulate operations, as a device is weaker than a server.
///
/// Among splits of equal bytes the one with the least work in the head is taken, of those a module's
/// before a tensor's, and of these the last, which comes after an activation rather than before it.
///
/// - Parameters:
///   - model: what is to be cut.
///   - size: width and height of its input.
/// - Returns: a split that can be cut.
/// - Throws: what making the graph throws; `badData` where the model has no usable split.
package func defaultSplit(of model: Model, at size: PixelSize) throws -> DefaultSplit {
  let graph = try model.graph(size)
  for name in [Bottleneck.splitName, DefaultSplit.usual] where (try? cut(graph, at: name)) != nil {
    return DefaultSplit(named: name)
  }
  let splits = try usableSplits(graph)
  guard let split = cheapEarlySplit(splits) else {
    throw SplitpipeError.noSplits(model.name, try reasonAgainstSplits(of: graph))
  }
  let reason =
    split.isEarly
    ? "of the splits in the first third of its operations this one sends the fewest bytes"
    : "none of its splits lies in the first third of its operations, this one is the earliest"
  return DefaultSplit(
    name: split.name,
    note:
      "split \(split.name): the model has no \(DefaultSplit.usual), and \(reason); choose with --split "
      + "(splitpipe splits \(shellWord(model.name)) lists all)")
}

extension Model {
  /// The split that was asked for, or the default where none was.
  ///
  /// - Parameters:
  ///   - name: what was asked for; nil for the default.
  ///   - size: width and height of the network's input.
  /// - Returns: the split, which may not exist where it was asked for.
  /// - Throws: as `defaultSplit(of:at:)`.
  package func split(named name: String?, at size: PixelSize) throws -> DefaultSplit {
    try name.map(DefaultSplit.init(named:)) ?? defaultSplit(of: self, at: size)
  }
}

extension SplitSummary {
  /// Whether the head works, and does at most a third of the operations.
  fileprivate var isEarly: Bool { headMACs > 0 && 3 * headMACs <= headMACs + tailMACs }
}

/// - Parameter splits: in graph order.
/// - Returns: nil where there are none.
func cheapEarlySplit(_ splits: [SplitSummary]) -> SplitSummary? {
  // A head that computes nothing is no use; a model with nothing but such heads is cut there anyhow.
  let working = splits.filter { $0.headMACs > 0 }
  let early = working.filter(\.isEarly)
  // A first layer of more than a third is the least that a head can do.
  let least = working.map(\.headMACs).min()
  let candidates =
    !early.isEmpty ? early : working.isEmpty ? splits : working.filter { $0.headMACs == least }
  func rank(_ split: SplitSummary) -> (Int, Int, Int) {
    (split.rawBytes, split.headMACs, split.isModule ? 0 : 1)
  }
  return candidates.reduce(nil as SplitSummary?) { best, split in
    // Of equals the later one.
    guard let best, rank(best) < rank(split) else { return split }
    return best
  }
}

/// Why a graph has no usable split, in the words of the first tensor that could have been one.
///
/// - Throws: `badData` if the graph's shapes contradict each other.
package func reasonAgainstSplits(of graph: ModelGraph) throws -> String {
  let planner = CutPlanner(try graph.pruned().inferringShapes())
  for (index, tensor) in planner.flow.tensors.enumerated()
  where tensor.producer != nil && !tensor.consumers.isEmpty {
    do {
      _ = try planner.sides(at: index, split: tensor.name)
    } catch let error as SplitpipeError {
      return error.message
    }
  }
  return "no operator reads what another makes of the picture"
}

extension SplitpipeError {
  /// A model that cannot be cut anywhere.
  package static func noSplits(_ model: String, _ reason: String) -> SplitpipeError {
    SplitpipeError(.badData, "the model \"\(model)\" has no usable split: \(reason)")
  }
}
