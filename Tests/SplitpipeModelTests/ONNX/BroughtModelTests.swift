import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

/// Models that people brought and that were once read wrongly.
@Suite struct `A model that somebody brought` {
  @Test(SharedData.needs("field/04-splits-fixed-size/FastestDet.onnx"))
  func `of one size is cut at that size`() throws {
    let model = try loadModel(path: SharedData.path("field/04-splits-fixed-size/FastestDet.onnx"))
    #expect(model.geometry.largestInput == PixelSize(width: 352, height: 352))
    #expect(try usableSplits(model.graph(model.geometry.largestInput)).count == 210)
  }

  @Test(SharedData.needs("field/05-splits-empty/zededa-best_int8.onnx"))
  func `of integers quantized as they come is cut between its layers`() throws {
    let model = try loadModel(path: SharedData.path("field/05-splits-empty/zededa-best_int8.onnx"))
    let graph = try model.graph(model.geometry.largestInput)
    #expect(try graph.inferringShapes().macs.reduce(0, +) > 1_000_000_000)
    let splits = try usableSplits(graph)
    #expect(splits.count { $0.isModule } > 50)
    #expect(
      splits.allSatisfy { $0.headMACs + $0.tailMACs == splits[0].headMACs + splits[0].tailMACs })
    #expect(model.detector == .yolov8)
  }

  @Test(SharedData.needs("field/06-default-split/opraz-best_int8.onnx"))
  func `of integers with scales beside them is cut at its modules`() throws {
    let model = try loadModel(path: SharedData.path("field/06-default-split/opraz-best_int8.onnx"))
    let graph = try model.graph(model.geometry.largestInput)
    for split in ["4", "6", "9"] {
      #expect(try !cut(graph, at: split).frontier.isEmpty, "\(split)")
    }
  }
}
