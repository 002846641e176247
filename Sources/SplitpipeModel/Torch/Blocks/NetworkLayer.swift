/// One entry of a network's list, its position in the list being its path.
struct NetworkLayer: Sendable {
  /// Positions of the layers it reads, already absolute; -1 is the network's input.
  var sources: [Int]
  var block: Block
}
