import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite(SharedData.needs("data/weights/yolov5n.pt")) struct `A tap` {
  private func graph() throws -> ModelGraph {
    let model = try loadModel(path: SharedData.path("data/weights/yolov5n.pt"))
    return try model.graph(PixelSize(width: 640, height: 384))
  }

  @Test func `gives tensors in the order asked for, and needs no more than they do`() throws {
    let graph = try graph()
    let tap = try Tap(graph, at: ["9", "1", "model.4.m", "1"])
    #expect(tap.tensors.map(\.label) == ["9", "1", "4.m"])
    #expect(tap.graph.outputs == tap.tensors.map(\.name))
    #expect(tap.tensors[1].shape == Shape([1, 32, 96, 160]))
    let types = try tap.graph.inferringShapes().types
    #expect(tap.tensors.allSatisfy { types[$0.name]?.shape == $0.shape })
    let shallow = try Tap(graph, at: ["1"])
    #expect(shallow.graph.nodes.count < tap.graph.nodes.count)
    let cut = try cut(graph, at: "4.m")
    #expect(Tap(cut).tensors.map(\.label) == ["4.m", "4.cv2"])
  }

  @Test func `knows no other names, and says the nearest`() throws {
    let graph = try graph()
    let error = #expect(throws: SplitpipeError.self) { try Tap(graph, at: ["4.m", "4.cv9"]) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("\"4.cv") == true)
    let input = #expect(throws: SplitpipeError.self) { try Tap(graph, at: [graph.inputs[0].name]) }
    #expect(input?.kind == .usage && input?.message.contains("the model's input") == true)
  }
}
