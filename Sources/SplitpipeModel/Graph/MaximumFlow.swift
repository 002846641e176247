/// A network of directed edges with capacities, and the greatest flow through it.
///
/// Dinic's algorithm (E. A. Dinic, "Algorithm for solution of a problem of maximum flow in a network
/// with power estimation", 1970): breadth-first levels, then blocking flows along them. Nothing
/// recurses, so depth costs no stack.
///
/// - Note: the caller keeps the sum of finite capacities below `unlimited`.
struct FlowNetwork {
  /// The capacity of an edge that is never cut.
  static let unlimited = 1 << 61

  /// The vertex each edge leads to; edge `e` and its reverse `e ^ 1` lie side by side.
  private var targets: [Int] = []
  private var residual: [Int] = []
  private var edges: [[Int]]

  init(vertices: Int) { edges = [[Int]](repeating: [], count: vertices) }

  mutating func addVertex() -> Int {
    edges.append([])
    return edges.count - 1
  }

  mutating func addEdge(from: Int, to: Int, capacity: Int) {
    edges[from].append(targets.count)
    targets.append(to)
    residual.append(capacity)
    edges[to].append(targets.count)
    targets.append(from)
    residual.append(0)
  }

  /// Sends as much as fits from source to sink and returns how much that is.
  mutating func maximize(source: Int, sink: Int) -> Int {
    var total = 0
    while let levels = levels(source: source, sink: sink) {
      var next = [Int](repeating: 0, count: edges.count)
      while true {
        let sent = augment(source: source, sink: sink, levels: levels, next: &next)
        if sent == 0 { break }
        total += sent
      }
    }
    return total
  }

  /// Whether each vertex can still send to the sink; the others are the largest source side among
  /// all minimum cuts. Only after `maximize`.
  func reaching(sink: Int) -> [Bool] {
    var reaches = [Bool](repeating: false, count: edges.count)
    reaches[sink] = true
    var queue = [sink]
    while let vertex = queue.popLast() {
      for edge in edges[vertex] where residual[edge ^ 1] > 0 && !reaches[targets[edge]] {
        reaches[targets[edge]] = true
        queue.append(targets[edge])
      }
    }
    return reaches
  }

  /// Distances from the source along edges with room, or nil if the sink is out of reach.
  private func levels(source: Int, sink: Int) -> [Int]? {
    var levels = [Int](repeating: -1, count: edges.count)
    levels[source] = 0
    var queue = [source]
    var position = 0
    while position < queue.count {
      let vertex = queue[position]
      position += 1
      for edge in edges[vertex] where residual[edge] > 0 && levels[targets[edge]] < 0 {
        levels[targets[edge]] = levels[vertex] + 1
        queue.append(targets[edge])
      }
    }
    return levels[sink] < 0 ? nil : levels
  }

  /// Sends along one path of rising levels; 0 when none is left.
  private mutating func augment(
    source: Int, sink: Int, levels: [Int], next: inout [Int]
  ) -> Int {
    var path: [Int] = []
    var vertex = source
    while vertex != sink {
      if next[vertex] < edges[vertex].count {
        let edge = edges[vertex][next[vertex]]
        if residual[edge] > 0, levels[targets[edge]] == levels[vertex] + 1 {
          path.append(edge)
          vertex = targets[edge]
        } else {
          next[vertex] += 1
        }
      } else {
        // A dead end: step back and never enter it again at this level.
        guard let edge = path.popLast() else { return 0 }
        vertex = targets[edge ^ 1]
        next[vertex] += 1
      }
    }
    let sent = path.map { residual[$0] }.min() ?? 0
    for edge in path {
      residual[edge] -= sent
      residual[edge ^ 1] += sent
    }
    return sent
  }
}
