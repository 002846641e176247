import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeDetection

struct COCOScorerTests {
  /// What pycocotools 2.0.11 makes of each scene.
  private static let scenes: [(COCOScene, [Double])] = [
    (
      COCOScene(
        seed: 1, images: 12, classes: 4, truths: 6, results: 10, crowdPercent: 10, levels: 20,
        firstID: 1),
      [
        0.24375574395846836, 0.45461506935007223, 0.2714847858412215, 0.3546369636963696,
        0.21980198019801983, 0.3155194090837655, 0.33484848484848484, 0.39898989898989895,
        0.39898989898989895, 0.38055555555555554, 0.4375, 0.44,
      ]
    ),
    (  // Crowds and ties.
      COCOScene(
        seed: 2, images: 6, classes: 3, truths: 8, results: 30, crowdPercent: 30, levels: 5,
        firstID: 1),
      [
        0.19679005841590516, 0.44170928081819166, 0.11573519989361573, 0.2857425742574257,
        0.30841034103410336, 0.13015676567656767, 0.09666666666666665, 0.4, 0.41111111111111115,
        0.5, 0.525, 0.2583333333333333,
      ]
    ),
    (  // More than 100 boxes of a class in an image.
      COCOScene(
        seed: 3, images: 4, classes: 2, truths: 3, results: 260, crowdPercent: 0, levels: 1000,
        firstID: 1),
      [
        0.3692272373665013, 0.7194719471947194, 0.15010677538342068, 0.5556122448979591,
        0.5078724658180104, 0.3374697646329641, 0.27999999999999997, 0.6599999999999999, 0.82, 0.9,
        0.75, 0.85,
      ]
    ),
    (  // An annotation of id 0, which COCOeval never counts as found.
      COCOScene(
        seed: 7, images: 8, classes: 3, truths: 5, results: 12, crowdPercent: 20, levels: 3,
        firstID: 0),
      [
        0.13582290646647083, 0.2736130755932736, 0.10028288543140029, 0.22279997642621405,
        0.03366336633663366, 0.49999999999999994, 0.12, 0.28375, 0.28375, 0.27375, 0.1, 0.5,
      ]
    ),
    (  // The same with other ids.
      COCOScene(
        seed: 7, images: 8, classes: 3, truths: 5, results: 12, crowdPercent: 20, levels: 3,
        firstID: 1),
      [
        0.1517308296763742, 0.3213696369636964, 0.10028288543140029, 0.22279997642621405,
        0.10033003300330032, 0.49999999999999994, 0.12, 0.30375, 0.30375, 0.27375, 0.3, 0.5,
      ]
    ),
    (  // Many images without labels, many without results.
      COCOScene(
        seed: 5, images: 30, classes: 6, truths: 2, results: 4, crowdPercent: 0, levels: 10,
        firstID: 1),
      [
        0.1771441013849284, 0.3396886117183147, 0.08046098727519811, 0.25336633663366337,
        0.1784219707685054, 0.21371699669966995, 0.28811111111111115, 0.3211111111111111,
        0.3211111111111111, 0.29, 0.33, 0.35833333333333334,
      ]
    ),
    (  // No labels at all.
      COCOScene(
        seed: 6, images: 3, classes: 2, truths: 0, results: 10, crowdPercent: 0, levels: 10,
        firstID: 1),
      Array(repeating: -1, count: 12)
    ),
  ]

  @Test(arguments: scenes)
  func `files score as in COCOeval`(_ scene: COCOScene, _ expected: [Double]) throws {
    let folder = try TemporaryFolder()
    let json = scene.json()
    let statistics = try scoreCOCO(
      truthPath: folder.write("labels.json", json.labels),
      detectionsPath: folder.write("results.json", json.results), images: nil
    ).statistics
    for (row, wanted) in zip(statistics.rows, expected) {
      #expect(abs(row.value - wanted) < 1e-12, "\(row.name)")
    }
  }

  @Test func `the order in which images come does not matter`() {
    let scene = COCOScene(
      seed: 7, images: 20, classes: 3, truths: 4, results: 8, crowdPercent: 10, levels: 3,
      firstID: 1)
    let made = scene.make()
    func score(_ images: [Int]) -> COCOResult {
      var scorer = COCOScorer(classCount: 10)
      for image in images {
        scorer.add(
          image: image,
          boxes: made.found.filter { $0.image == image }.map {
            ScoredBox(
              classIndex: $0.category, x: $0.box[0], y: $0.box[1], width: $0.box[2],
              height: $0.box[3], score: $0.score)
          },
          truths: made.labelled.filter { $0.image == image }.map {
            TruthObject(
              classIndex: $0.category, x: $0.box[0], y: $0.box[1], width: $0.box[2],
              height: $0.box[3], area: $0.area, isCrowd: $0.crowd == 1)
          })
      }
      return scorer.result()
    }
    let forward = score(made.images)
    #expect(forward == score(made.images.reversed()))
    #expect(
      forward == score(made.images.filter { $0 % 2 == 0 } + made.images.filter { $0 % 2 == 1 }))
    #expect((forward.map50 ?? 0) > 0)
  }

  @Test func `a model that changes nothing scores 1 against itself`() throws {
    var random = Draw(seed: 8)
    var scorer = COCOScorer(classCount: 5)
    for frame in 0..<10 {
      let detections = (0..<120).map { index in
        // A grid, so that no box is another's match.
        let x = Float(index % 12) * 50
        let y = Float(index / 12) * 45
        return Detection(
          box: Box(x1: x, y1: y, x2: x + random.float(10...50), y2: y + random.float(10...45)),
          confidence: random.float(0.001...1), classIndex: random.below(5))
      }
      scorer.add(image: frame, detections: detections, truths: TruthObject.unsplit(detections))
    }
    let result = scorer.result()
    #expect(result.statistics.ar100 == 1)
    let map = try #require(result.map50_95)
    #expect(abs(map - 1) < 1e-12)
    #expect(result.images == 10)
  }

  @Test func `a class without objects has no average precision`() {
    var scorer = COCOScorer(classCount: 3)
    #expect(scorer.result().map50 == nil)
    let truth = TruthObject(classIndex: 1, x: 10, y: 10, width: 50, height: 50)
    let hit = Detection(
      box: Box(x1: 10, y1: 10, x2: 60, y2: 60), confidence: 0.5, classIndex: 1)
    let stranger = Detection(box: hit.box, confidence: 0.9, classIndex: 2)
    let unknown = Detection(box: hit.box, confidence: 0.9, classIndex: 3)
    scorer.add(image: 0, detections: [stranger, unknown, hit], truths: [truth])
    let result = scorer.result()
    #expect(result.perClass[0] == nil)
    #expect(abs((result.perClass[1] ?? 0) - 1) < 1e-12)
    #expect(result.perClass[2] == nil)
    #expect(result.statistics.apSmall == -1)
    #expect(abs(result.statistics.apMedium - 1) < 1e-12)
  }
}
