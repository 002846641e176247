/// One line of a YOLO label file, read in every way that it allows.
///
/// A class and then `centreX centreY width height`, with whatever follows: a confidence and the number
/// of a track, as detectors write them, or keypoints. Or a class and the corners of an outline, which
/// oriented boxes have four of. Numbers are parts of the image's width and height.
struct YOLOLine: Sendable {
  /// A number in the line that is not what it should be, in words.
  struct Problem: Error {
    let sentence: String
  }

  /// A box, and how many of its numbers lay out of 0…1 by so little that they were clipped.
  struct Reading: Sendable {
    var box: RelativeBox
    var clipped: Int
    /// Whether a confidence or the number of a track follows, which say nothing of the truth.
    var hasExtra: Bool
  }

  /// Numbers that programs round over the border by at most so much are clipped.
  static let tolerance = 1e-3

  let classNumber: Int
  /// How many fields there are, the class among them.
  let fieldCount: Int
  /// The first four numbers as a box.
  let box: Result<Reading, Problem>
  /// The box around all numbers as points; nil where there are too few.
  let outline: Result<Reading, Problem>?
  /// Whether two fields follow the box that can be a confidence and the whole number of a track.
  let fitsTrack: Bool
  /// Whether what follows the box can be keypoints of two numbers each.
  let fitsPoints: Bool
  /// Whether it can be keypoints of three numbers each, the last of them 0, 1 or 2; and whether one
  /// of them is visible.
  let fitsVisiblePoints: (all: Bool, any: Bool)

  /// - Throws: `Problem` where it can be no label at all.
  init(_ fields: [ArraySlice<UInt8>]) throws(Problem) {
    guard fields.count >= 5 else {
      throw Problem(
        sentence: "has \(fields.count) fields, expected 5: class, centre x, centre y, width, height"
      )
    }
    var numbers: [Double] = []
    for field in fields {
      let text = String(decoding: field, as: UTF8.self)
      guard let value = Double(text), value.isFinite else {
        throw Problem(sentence: "has \"\(text.prefix(20))\" where a number is expected")
      }
      numbers.append(value)
    }
    guard let classNumber = Int(exactly: numbers[0]), classNumber >= 0 else {
      throw Problem(
        sentence:
          "has the class \(String(decoding: fields[0].prefix(20), as: UTF8.self)), expected a "
          + "whole number from 0")
    }
    self.classNumber = classNumber
    fieldCount = fields.count
    box = Self.box(numbers, hasExtra: fields.count > 5)
    outline = fields.count >= 7 ? Self.outline(numbers) : nil
    fitsTrack =
      numbers.count == 7 && numbers[6] >= 1 && numbers[6] == numbers[6].rounded(.down)
    guard case .success(let reading) = box, reading.box.width > 0, reading.box.height > 0 else {
      (fitsPoints, fitsVisiblePoints) = (false, (false, false))
      return
    }
    fitsPoints =
      numbers.count > 5 && numbers.count.isMultiple(of: 2) == false
      && Self.all(numbers, step: 2) { x, y, _ in Self.contains(reading.box, x, y) }
    var isVisible = false
    let fits =
      numbers.count > 5 && (numbers.count - 5).isMultiple(of: 3)
      && Self.all(numbers, step: 3) { x, y, visibility in
        guard [0, 1, 2].contains(visibility) else { return false }
        isVisible = isVisible || visibility > 0
        return visibility == 0 || Self.contains(reading.box, x, y)
      }
    fitsVisiblePoints = (fits, fits && isVisible)
  }

  private static func box(_ numbers: [Double], hasExtra: Bool) -> Result<Reading, Problem> {
    var clipped = 0
    do throws(Problem) {
      let parts = try clip(numbers[1..<5], &clipped)
      return .success(
        Reading(
          box: RelativeBox(
            centreX: parts[0], centreY: parts[1], width: parts[2], height: parts[3]),
          clipped: clipped, hasExtra: hasExtra))
    } catch {
      return .failure(error)
    }
  }

  /// Points are pairs; a number left over at the end is a confidence.
  private static func outline(_ numbers: [Double]) -> Result<Reading, Problem> {
    var clipped = 0
    let hasExtra = numbers.count.isMultiple(of: 2)
    do throws(Problem) {
      let points = try clip(numbers[1..<(numbers.count - (hasExtra ? 1 : 0))], &clipped)
      return .success(
        Reading(box: RelativeBox(around: points[...]), clipped: clipped, hasExtra: hasExtra))
    } catch {
      return .failure(error)
    }
  }

  /// Numbers within 0…1; what rounding takes over the border by no more than 1e-6 is let through.
  private static func clip(
    _ numbers: ArraySlice<Double>, _ clipped: inout Int
  ) throws(Problem) -> [Double] {
    var result: [Double] = []
    for number in numbers {
      guard number >= -tolerance, number <= 1 + tolerance else {
        throw Problem(
          sentence: "has \(number), expected numbers from 0 to 1 (parts of the image's size)")
      }
      if number < 0 || number > 1 + 1e-6 { clipped += 1 }
      result.append(number > 1 + 1e-6 ? 1 : max(0, number))
    }
    return result
  }

  private static func all(
    _ numbers: [Double], step: Int, _ body: (Double, Double, Double) -> Bool
  ) -> Bool {
    for index in stride(from: 5, to: numbers.count, by: step) {
      guard body(numbers[index], numbers[index + 1], numbers[index + step - 1]) else {
        return false
      }
    }
    return true
  }

  /// Within the box and a quarter of its size around it, where keypoints lie.
  private static func contains(_ box: RelativeBox, _ x: Double, _ y: Double) -> Bool {
    if x == 0, y == 0 { return true }
    return abs(x - box.centreX) <= box.width * 0.75 && abs(y - box.centreY) <= box.height * 0.75
  }
}
