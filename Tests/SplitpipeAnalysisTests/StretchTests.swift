import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeAnalysis

struct `Still and moving stretches` {
  /// Stretches as (moving, first frame, last frame).
  private func stretches(_ moving: [Bool?], least: Int) -> [[Int]] {
    var finder = StretchFinder<[Int]>(least: least) { $0 += $1 }
    var found: [[Int]] = []
    func note(_ stretch: StretchFinder<[Int]>.Stretch?) {
      guard let stretch else { return }
      #expect(stretch.frames == stretch.content.count)
      #expect(stretch.content == Array(stretch.content[0]...stretch.content[stretch.frames - 1]))
      found.append(
        [stretch.isMoving ? 1 : 0, stretch.content[0], stretch.content[stretch.frames - 1]])
    }
    for (frame, isMoving) in moving.enumerated() {
      note(finder.observe(isMoving: isMoving, empty: { [] }, add: { $0.append(frame) }))
    }
    note(finder.finish())
    return found
  }

  private func run(_ text: String) -> [Bool?] {
    text.map { $0 == "?" ? nil : $0 == "m" }
  }

  @Test(arguments: [
    ("?ssssmmmmss", [[0, 0, 4], [1, 5, 8], [0, 9, 10]]),
    ("?sssmsssmm", [[0, 0, 7], [1, 8, 9]]),
    ("?mmmm", [[1, 0, 4]]),
    ("?smmmm", [[0, 0, 1], [1, 2, 5]]),
    ("?", [[0, 0, 0]]),
    ("", []),
    ("?sssm", [[0, 0, 4]]),
  ])
  func `begin where the change goes on for two frames`(frames: String, expected: [[Int]]) {
    #expect(stretches(run(frames), least: 2) == expected)
  }

  @Test func `have no short one at the beginning`() {
    #expect(stretches(run("?smmmmm"), least: 4) == [[1, 0, 6]])
  }

  @Test func `are told by blocks that change, not by noise or light`() {
    var generator = SeededGenerator(seed: 3)
    func picture(light: Int, square: Int?) -> Tensor<UInt8> {
      let (width, height) = (160, 96)
      let values = (0..<3 * width * height).map { place -> UInt8 in
        let (x, y) = (place % width, place / width % height)
        let noise = Int.random(in: -4...4, using: &generator)
        let isInside = square.map { ($0..<$0 + 24).contains(x) && (30..<60).contains(y) } ?? false
        return UInt8(clamping: 100 + light + noise + (isInside ? 60 : 0))
      }
      return Tensor(shape: Shape([1, 3, height, width]), values: values)
    }
    var change = PixelChange(distance: 2)
    #expect(change.observe(picture(light: 0, square: nil)) == nil)
    for light in [0, 5, 20, -10] {
      let share = change.observe(picture(light: light, square: nil))
      #expect(share.map { $0 < PixelChange.movingShare } == true)
    }
    for place in [10, 14, 18] {
      let share = change.observe(picture(light: 0, square: place))
      #expect(share.map { $0 > PixelChange.movingShare } == true)
    }
  }
}
