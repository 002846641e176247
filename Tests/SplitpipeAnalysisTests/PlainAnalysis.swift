import Foundation
import SplitpipeCore
import SplitpipeTestSupport

@testable import SplitpipeAnalysis

/// The definitions written down once more, slowly.
struct PlainAnalysis {
  let grid: TensorGrid
  let frames: [[Float]]

  /// Codes of every frame, the range its own, or that of the key frame it belongs to.
  func codes(bits: Int, keyInterval: Int?) -> [[Int]] {
    frames.indices.map { index in
      let key = keyInterval.map { frames[index / $0 * $0] } ?? frames[index]
      let (low, high) = (key.min() ?? 0, key.max() ?? 0)
      return frames[index].map { value in
        guard high > low else { return 0 }
        let inside = min(max(value, low), high)
        let scaled = (inside - low) / (high - low) * Float((1 << bits) - 1)
        return Int(scaled.rounded(.toNearestOrEven))
      }
    }
  }

  func entropy(_ symbols: [[Int]], given contexts: [[Int]]) -> Double {
    func plain(_ symbols: [[Int]]) -> Double {
      var counts: [[Int]: Int] = [:]
      for symbol in symbols { counts[symbol, default: 0] += 1 }
      return counts.values.reduce(0.0) { sum, count in
        let share = Double(count) / Double(symbols.count)
        return sum - share * log2(share)
      }
    }
    return plain(zip(symbols, contexts).map { $0 + $1 }) - plain(contexts)
  }

  /// Indices of coefficients that have a neighbour, and how far back that lies.
  func neighbours(_ direction: Direction) -> (places: [Int], distance: Int) {
    let all = Array(0..<grid.count)
    switch direction {
    case .row: return (all.filter { $0 % grid.width > 0 }, 1)
    case .column: return (all.filter { $0 % grid.plane >= grid.width }, grid.width)
    case .channel: return (all.filter { $0 >= grid.plane }, grid.plane)
    case .time: return (all, 0)
    }
  }

  /// The neighbour and the value.
  func pairs(_ direction: Direction) -> [(Float, Float)] {
    let (places, distance) = neighbours(direction)
    return frames.indices.flatMap { frame -> [(Float, Float)] in
      if direction == .time {
        return frame == 0 ? [] : places.map { (frames[frame - 1][$0], frames[frame][$0]) }
      }
      return places.map { (frames[frame][$0 - distance], frames[frame][$0]) }
    }
  }

  func pearson(_ direction: Direction) -> Double {
    let pairs = pairs(direction).map { (Double($0), Double($1)) }
    let n = Double(pairs.count)
    let meanA = pairs.reduce(0) { $0 + $1.0 } / n
    let meanB = pairs.reduce(0) { $0 + $1.1 } / n
    let ab = pairs.reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanB) }
    let aa = pairs.reduce(0) { $0 + ($1.0 - meanA) * ($1.0 - meanA) }
    let bb = pairs.reduce(0) { $0 + ($1.1 - meanB) * ($1.1 - meanB) }
    return ab / (aa * bb).squareRoot()
  }

  static func quantile(_ values: [Float], _ share: Double) -> Double {
    let sorted = values.sorted()
    let rank = share * Double(sorted.count - 1)
    let low = Int(rank)
    let high = min(low + 1, sorted.count - 1)
    return Double(sorted[low]) + (rank - Double(low)) * Double(sorted[high] - sorted[low])
  }

  /// The values next to the place of a quantile.
  static func neighbours(_ values: [Float], ofQuantile share: Double) -> (Double, Double) {
    let sorted = values.sorted()
    let rank = share * Double(sorted.count - 1)
    return (Double(sorted[Int(rank)]), Double(sorted[min(Int(rank) + 1, sorted.count - 1)]))
  }

  /// The lines along rows, columns or channels of one frame.
  func lines(_ direction: Direction, _ values: [Float]) -> [[Double]] {
    let (length, stride) = Lines.extent(direction, of: grid)
    var seen: Set<Int> = []
    var lines: [[Double]] = []
    for start in 0..<grid.count where !seen.contains(start) {
      let places = (0..<length).map { start + $0 * stride }
      seen.formUnion(places)
      lines.append(places.map { Double(values[$0]) })
    }
    return lines
  }

  /// |X_k|² / n of a line.
  static func power(_ line: [Double]) -> [Double] {
    let n = line.count
    return (0..<n).map { k in
      var (re, im) = (0.0, 0.0)
      for (index, value) in line.enumerated() {
        let angle = 2 * Double.pi * Double(k * index % n) / Double(n)
        re += value * cos(angle)
        im -= value * sin(angle)
      }
      return (re * re + im * im) / Double(n)
    }
  }
}

extension PlainAnalysis {
  /// Pictures that drift: neighbours are alike, the next frame is much like this one.
  static func random(
    _ grid: TensorGrid, frames: Int, _ generator: inout SeededGenerator
  ) -> PlainAnalysis {
    var values = (0..<grid.count).map { _ in Float.random(in: -1...3, using: &generator) }
    for index in values.indices.dropFirst() { values[index] += 0.7 * values[index - 1] }
    var all: [[Float]] = []
    for _ in 0..<frames {
      all.append(values)
      for index in values.indices where Bool.random(using: &generator) {
        values[index] += Float.random(in: -0.8...0.8, using: &generator)
      }
    }
    return PlainAnalysis(grid: grid, frames: all)
  }

  func tensor(_ frame: Int) -> NamedTensor {
    NamedTensor(
      name: "t",
      tensor: Tensor(
        shape: Shape([1, grid.channels, grid.height, grid.width]), values: frames[frame]))
  }
}
