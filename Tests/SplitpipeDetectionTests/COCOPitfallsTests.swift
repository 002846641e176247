import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeDetection

/// What COCOeval takes in silence and people lose days over.
@Suite struct `Pitfalls of COCO files` {
  private func truth(annotationID: Int, box: String = "[10, 20, 30, 20]") -> String {
    """
    {"images": [{"id": 1, "file_name": "1.jpg", "width": 64, "height": 48}],
     "annotations": [{"id": \(annotationID), "image_id": 1, "category_id": 1, "bbox": \(box)}],
     "categories": [{"id": 1, "name": "car"}]}
    """
  }

  private func score(_ truth: String, category: Int) throws -> COCOScore {
    let folder = try TemporaryFolder()
    return try scoreCOCO(
      truthPath: folder.write("truth.json", truth),
      detectionsPath: folder.write(
        "results.json",
        """
        [{"image_id": 1, "category_id": \(category), "bbox": [10, 20, 30, 20], "score": 0.9}]
        """), images: nil)
  }

  @Test func `results of categories that the labels do not list are said`() throws {
    #expect(try score(truth(annotationID: 1), category: 1).notes == [])
    let shifted = try score(truth(annotationID: 1), category: 0)
    #expect(shifted.statistics.ap == 0)
    #expect(shifted.notes.count == 1)
    #expect(shifted.notes[0].contains("1 of 1 results are of categories"))
    #expect(shifted.notes[0].contains("see that both number categories alike"))
  }

  @Test func `an annotation with id 0 is said to count as never found`() throws {
    let score = try score(truth(annotationID: 0), category: 1)
    #expect(score.notes.count == 1)
    #expect(score.notes[0].contains("number annotations from 1"))
  }

  @Test func `two corners where left, top, width and height belong are refused`() throws {
    let folder = try TemporaryFolder()
    func read(_ box: String) throws -> Truth {
      try Truth(
        path: folder.write("truth.json", truth(annotationID: 1, box: box)), classNames: ["car"])
    }
    #expect(try read("[10, 20, 30, 20]").notes == [])
    // A hair beyond the edge is rounding.
    #expect(try read("[34.2, 20, 30, 28.5]").notes == [])
    let error = #expect(throws: SplitpipeError.self) { try read("[40, 20, 60, 40]") }
    #expect(error?.kind == .badData)
    #expect(
      error?.message.contains("left, top, width and height in pixels, not two corners") == true)
  }
}
