import Foundation
import SplitpipeCore
import SplitpipeTestSupport

/// The numbers of `ultralytics_random.json`, measured with the official implementation.
struct UltralyticsReference: Decodable {
  struct Layer: Decodable {
    let type: String
    let shape: [Int]
    let min: Double
    let max: Double
    let mean: Double
    let std: Double
  }

  struct Choice: Decodable {
    let shape: [Int]
    let first10: [[Float]]
  }

  let layers: [String: Layer]
  /// Of the one-to-many branches.
  let outputShape: [Int]
  let outputFirst: [[Float]]
  let outputSum: Double
  let endToEnd: Choice?

  static let folder = "reference/ultralytics"

  static func load(_ name: String) throws -> UltralyticsReference {
    let path = SharedData.path("\(folder)/ultralytics_random.json")
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let all = try JSONDecoder().decode([String: UltralyticsReference].self, from: data)
    guard let found = all[name] else {
      throw SplitpipeError(.missingInput, "\(path) has no numbers of \(name)")
    }
    return found
  }

  /// Element k is (7919 · k mod 256) / 255.
  static var input: Tensor<Float> {
    Tensor(
      shape: Shape([1, 3, 128, 192]),
      values: (0..<3 * 128 * 192).map { Float($0 * 7919 % 256) / 255 })
  }
}
