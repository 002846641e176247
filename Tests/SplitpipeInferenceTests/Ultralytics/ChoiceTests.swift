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

  /// `levels` scores that occur: few make many equal ones.
  @Test(arguments: [3, 10, 1000], [UInt64](1...4))
  func `takes the best of all scores, each once, with its box and class`(
    levels: Int, seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let boxes = (0..<4 * Self.cells).map { Float($0) }
    let scores = (0..<Self.classes * Self.cells).map { _ in
      Float(Int.random(in: 0..<levels, using: &generator)) / Float(levels)
    }
    let rows = try choose(boxes, scores)
    // Which of equal scores are taken is open; that the best are is not.
    #expect(
      rows.map { $0[4] } == Array(scores.sorted(by: >).prefix(Self.count)), "seed \(seed)")
    var places: Set<[Int]> = []
    for row in rows {
      let cell = try #require(Int(exactly: row[0]))
      let index = try #require(Int(exactly: row[5]))
      #expect(row.prefix(4) == [0, 1, 2, 3].map { boxes[$0 * Self.cells + cell] }[...])
      #expect(row[4] == scores[index * Self.cells + cell], "seed \(seed)")
      #expect(places.insert([cell, index]).inserted, "seed \(seed)")
    }
  }
}
