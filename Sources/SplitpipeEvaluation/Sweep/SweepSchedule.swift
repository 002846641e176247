import SplitpipeCore

/// Which worker evaluates which picture: those of one input size as a rule by one worker, for every
/// worker compiles the networks for itself.
struct SweepSchedule {
  private struct Group {
    var images: [Dataset.Image]
    var isTaken = false
  }

  /// Pictures left from which on it pays for a second worker to compile the networks as well.
  static let worthCompiling = 8

  /// The most pictures first.
  private var groups: [Group]
  /// By worker.
  private var current: [Int: Int] = [:]

  /// - Parameter images: what is to be evaluated, with the size of the network's input.
  init(_ images: [(image: Dataset.Image, input: PixelSize)]) {
    let bySize = Dictionary(grouping: images, by: \.input).values.map { members in
      members.map(\.image).sorted { $0.number > $1.number }
    }
    groups =
      bySize
      .sorted { ($0.count, -($0.last?.number ?? 0)) > ($1.count, -($1.last?.number ?? 0)) }
      .map { Group(images: $0) }
  }

  /// The next picture for a worker: of the size it has, else of one that nobody has, else of the
  /// one with the most pictures left if they are many; nil where there is none.
  mutating func next(worker: Int) -> Dataset.Image? {
    if let group = current[worker], let image = groups[group].images.popLast() { return image }
    let free = groups.indices.first { !groups[$0].isTaken }
    let fullest = groups.indices.max { groups[$0].images.count < groups[$1].images.count }
    guard
      let group = free
        ?? fullest.flatMap({ index in
          groups[index].images.count >= Self.worthCompiling ? index : nil
        })
    else { return nil }
    groups[group].isTaken = true
    current[worker] = group
    return groups[group].images.popLast()
  }
}
