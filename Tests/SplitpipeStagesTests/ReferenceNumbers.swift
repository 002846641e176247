import Foundation
import SplitpipeTestSupport

/// The numbers of `yolov5n_images.json`, measured with the official implementation.
struct ReferenceNumbers: Decodable {
  struct Found: Decodable {
    let box: [Float]
    let confidence: Float
    let `class`: Int
  }

  struct Statistics: Decodable {
    let shape: [Int]
    let min: Double
    let max: Double
    let mean: Double
    let std: Double
    let rle_bytes_2bit: Int?
    let rle_bytes_3bit: Int?
    let rle_bytes_4bit: Int?
    let rle_bytes_8bit: Int?

    /// Bit depth and the size of the run-length code, where the file lists them.
    var runLengthBytes: [(bits: Int, bytes: Int)] {
      [(2, rle_bytes_2bit), (3, rle_bytes_3bit), (4, rle_bytes_4bit), (8, rle_bytes_8bit)]
        .compactMap { bits, bytes in bytes.map { (bits, $0) } }
    }
  }

  struct Image: Decodable {
    let input_shape: [Int]
    let detections: [Found]
    let tensors: [String: Statistics]
  }

  let images: [String: Image]

  static let path = "reference/yolov5n_images.json"

  static func load() throws -> ReferenceNumbers {
    let data = try Data(contentsOf: URL(fileURLWithPath: SharedData.path(path)))
    return try JSONDecoder().decode(ReferenceNumbers.self, from: data)
  }
}
