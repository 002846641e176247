import Foundation
import SplitpipeTestSupport
import Testing

@testable import SplitpipeDetection

/// Numbers of pycocotools 2.0 on real images.
struct COCOReferenceTests {
  private struct Case: Decodable {
    let image_ids: [Int]
    let stats: COCOStatistics
    let ap_per_category: [String: Double?]
  }

  @Test(SharedData.needs("reference/cocoeval_case.json", "data/coco128/instances.json"))
  func `a results file on real images scores as in COCOeval`() throws {
    let data = try Data(
      contentsOf: URL(fileURLWithPath: SharedData.path("reference/cocoeval_case.json")))
    let expected = try JSONDecoder().decode(Case.self, from: data)
    let whole = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let folder = try TemporaryFolder()
    let results = folder.file("results.json")
    try JSONSerialization.data(withJSONObject: try #require(whole["detections"]))
      .write(to: URL(fileURLWithPath: results))

    let scored = try scoreCOCO(
      truthPath: SharedData.path("data/coco128/instances.json"), detectionsPath: results,
      images: expected.image_ids.map { COCOID($0) })
    for (found, wanted) in zip(scored.statistics.rows, expected.stats.rows) {
      #expect(abs(found.value - wanted.value) < 1e-9, "\(found.name)")
    }
    for category in scored.categories {
      let wanted = try #require(expected.ap_per_category[category.id.text])
      #expect((category.ap == nil) == (wanted == nil), "\(category.name)")
      #expect(abs((category.ap ?? 0) - (wanted ?? 0)) < 1e-9, "\(category.name)")
    }
    #expect(scored.categories.count == expected.ap_per_category.count)
  }
}
