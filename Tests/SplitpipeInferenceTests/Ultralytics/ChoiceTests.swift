import SplitpipeCore
import SplitpipeInference
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite(OpenVINORuntime.needed) struct `The choice of boxes in a network` {
  private static let (cells, classes, count) = (40, 3, 8)

  /// Runs the choice on its own.
  private func choose(_ boxes: [Float], _ scores: [Float]) throws -> [[Float]] {
    let (cells, classes) = (Self.cells, Self.classes)
    var builder = GraphBuilder()
    builder.choose(
      Self.count, of: "boxes", "scores", classes: classes, scope: "head", output: "output")
    let graph = ModelGraph(
      name: "choice", opset: 13, nodes: builder.nodes,
      inputs: [
        GraphInput(name: "boxes", elementType: .float32, dimensions: [1, 4, cells]),
        GraphInput(name: "scores", elementType: .float32, dimensions: [1, classes, cells]),
      ],
      outputs: ["output"], weights: builder.weights)
    let output = try OpenVINOEngine().compile(
      onnx: onnxBytes(of: graph), name: "choice", precision: .f32, threads: 1
    ).run([
      .floats(Tensor(shape: Shape([1, 4, cells]), values: boxes)),
      .floats(Tensor(shape: Shape([1, classes, cells]), values: scores)),
    ])[0]
    #expect(output.shape.dimensions == [1, Self.count, 6])
    return (0..<Self.count).map { Array(output.values[$0 * 6..<$0 * 6 + 6]) }
  }

  /// The best of all scores; of equal ones those of the cells that come first among the best cells,
  /// then of the lower class.
  private func wanted(_ boxes: [Float], _ scores: [Float]) -> [[Float]] {
    let (cells, classes) = (Self.cells, Self.classes)
    func highest(_ cell: Int) -> Float {
      (0..<classes).map { scores[$0 * cells + cell] }.max() ?? 0
    }
    let best = (0..<cells).sorted { (-highest($0), $0) < (-highest($1), $1) }.prefix(Self.count)
    let pairs = best.enumerated().flatMap { place, cell in
      (0..<classes).map {
        (score: scores[$0 * cells + cell], place: place, cell: cell, class: $0)
      }
    }
    return pairs.sorted { (-$0.score, $0.place, $0.class) < (-$1.score, $1.place, $1.class) }
      .prefix(Self.count).map { pair in
        (0..<4).map { boxes[$0 * cells + pair.cell] } + [pair.score, Float(pair.class)]
      }
  }

  /// `levels` scores that occur: few make many equal ones.
  @Test(arguments: [3, 10, 1000], [UInt64](1...4))
  func `takes the best scores of the best cells, the lower first of equal ones`(
    levels: Int, seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let boxes = (0..<4 * Self.cells).map { Float($0) }
    let scores = (0..<Self.classes * Self.cells).map { _ in
      Float(Int.random(in: 0..<levels, using: &generator)) / Float(levels)
    }
    #expect(try choose(boxes, scores) == wanted(boxes, scores), "seed \(seed)")
  }
}
