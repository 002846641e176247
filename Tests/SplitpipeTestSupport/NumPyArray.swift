import Foundation
package import SplitpipeCore

/// The bytes of a uint8 `.npy` file in C order, for tests that read reference arrays.
package struct NumPyArray: Sendable {
  package let shape: Shape
  package let values: [UInt8]

  /// Reads format version 1.0 (NumPy Enhancement Proposal 1).
  package init(path: String) throws {
    let data = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    guard data.count > 10, data.prefix(8).elementsEqual([0x93] + Array("NUMPY".utf8) + [1, 0])
    else {
      throw SplitpipeError(.badData, "\(path) is not a .npy file of version 1.0")
    }
    let headerEnd = 10 + Int(data[8]) + Int(data[9]) << 8
    let header = String(decoding: data[10..<headerEnd], as: UTF8.self)
    guard header.contains("'|u1'"), header.contains("'fortran_order': False"),
      let open = header.lastIndex(of: "("), let close = header.lastIndex(of: ")")
    else { throw SplitpipeError(.badData, "\(path) is not a uint8 array in C order: \(header)") }
    shape = Shape(
      header[header.index(after: open)..<close].split(separator: ",")
        .compactMap { Int($0.filter(\.isNumber)) })
    values = Array(data[headerEnd...])
    guard values.count == shape.count else {
      throw SplitpipeError(.badData, "\(path) holds \(values.count) bytes, \(shape) needs more")
    }
  }

  /// An H×W×3 picture as 1×3×H×W planes.
  package var planes: Tensor<UInt8> {
    let (height, width) = (shape[0], shape[1])
    var planes = [UInt8](repeating: 0, count: values.count)
    for channel in 0..<3 {
      for pixel in 0..<(height * width) {
        planes[channel * height * width + pixel] = values[pixel * 3 + channel]
      }
    }
    return Tensor(shape: Shape([1, 3, height, width]), values: planes)
  }
}
