import SplitpipeTestSupport
import Testing

/// Random images, labels and results: the same for the same numbers in any language, so that
/// pycocotools can be asked what they score.
struct COCOScene: CustomTestStringConvertible, Sendable {
  var seed: UInt64
  var images: Int
  /// The last class is found but never labelled.
  var classes: Int
  var truths: Int
  var results: Int
  var crowdPercent: Int
  /// Scores are multiples of 1 / levels: few levels make many ties.
  var levels: Int
  var firstID: Int

  var testDescription: String {
    "seed \(seed): \(images) images, \(classes) classes, ids from \(firstID)"
  }

  struct Labelled {
    var id, image, category: Int
    var box: SIMD4<Double>
    var area: Double
    var crowd: Int
  }
  struct Found {
    var image, category: Int
    var box: SIMD4<Double>
    var score: Double
  }

  func make() -> (images: [Int], labelled: [Labelled], found: [Found]) {
    var random = Draw(seed: seed)
    var (labelled, found) = ([Labelled](), [Found]())
    let ids = (0..<images).map { $0 * 7 + 3 }
    for image in ids {
      var mine: [(Int, SIMD4<Double>)] = []
      for _ in 0..<random.below(truths + 1) {
        let category = random.below(classes - 1)
        let x = Double(random.below(6000)) / 10
        let y = Double(random.below(4000)) / 10
        let (spread, least) = [(40, 1), (90, 10), (300, 60)][random.below(3)]
        let width = Double(random.below(spread) + least)
        let height = Double(random.below(spread) + least)
        let crowd = random.below(100) < crowdPercent ? 1 : 0
        let area = width * height * (Double(50 + random.below(51)) / 100)
        mine.append((category, [x, y, width, height]))
        labelled.append(
          Labelled(
            id: firstID + labelled.count, image: image, category: category * 3 + 1,
            box: [x, y, width, height], area: area, crowd: crowd))
      }
      for _ in 0..<random.below(results + 1) {
        var (category, box) = (0, SIMD4<Double>())
        if random.below(4) > 0, !mine.isEmpty {
          (category, box) = mine[random.below(mine.count)]
          box[0] += Double(random.below(201) - 100) / 1000 * box[2]
          box[1] += Double(random.below(201) - 100) / 1000 * box[3]
          box[2] *= Double(80 + random.below(41)) / 100
          box[3] *= Double(80 + random.below(41)) / 100
          if random.below(8) == 0 { category = random.below(classes) }
        } else {
          category = random.below(classes)
          box[0] = Double(random.below(9000)) / 10 - 100
          box[1] = Double(random.below(6000)) / 10 - 100
          box[2] = Double(random.below(200) + 1)
          box[3] = Double(random.below(200) + 1)
        }
        let score = Double(random.below(levels) + 1) / Double(levels)
        found.append(Found(image: image, category: category * 3 + 1, box: box, score: score))
      }
    }
    return (ids, labelled, found)
  }

  /// The labels and the results as COCO files.
  func json() -> (labels: String, results: String) {
    let scene = make()
    func list(_ box: SIMD4<Double>) -> String { "[\(box[0]), \(box[1]), \(box[2]), \(box[3])]" }
    let images = scene.images.map { #"{"id": \#($0), "width": 640, "height": 480}"# }
    let annotations = scene.labelled.map {
      #"{"id": \#($0.id), "image_id": \#($0.image), "category_id": \#($0.category), "#
        + #""bbox": \#(list($0.box)), "area": \#($0.area), "iscrowd": \#($0.crowd)}"#
    }
    let categories = (0..<classes).map { #"{"id": \#($0 * 3 + 1), "name": "class \#($0)"}"# }
    let results = scene.found.map {
      #"{"image_id": \#($0.image), "category_id": \#($0.category), "bbox": \#(list($0.box)), "#
        + #""score": \#($0.score)}"#
    }
    func array(_ items: [String]) -> String { "[" + items.joined(separator: ",\n") + "]" }
    return (
      #"{"images": \#(array(images)), "annotations": \#(array(annotations)), "#
        + #""categories": \#(array(categories))}"#, array(results)
    )
  }
}

/// Whole numbers below a bound, drawn so that other languages can draw the same.
struct Draw {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }

  mutating func float(_ range: ClosedRange<Float>) -> Float {
    Float.random(in: range, using: &generator)
  }
}
