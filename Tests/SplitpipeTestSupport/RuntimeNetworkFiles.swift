import Foundation

/// A small OpenVINO network (IR) of two classes for a picture of 32 × 32: the brighter the picture, the
/// surer it is of one box, and the less of the others.
package enum RuntimeNetworkFiles {
  /// The box that a white picture has, of both classes, in pixels: x1, y1, x2, y2.
  package static let box: [Float] = [4, 6, 20, 26]
  /// Its score there.
  package static let score = 1 / (1 + exp(Float(-8)))

  /// Extents of tensors in the network.
  private typealias Extents = [Int]

  /// Writes description and weights.
  ///
  /// - Parameters:
  ///   - folder: where.
  ///   - name: of both, without an ending.
  ///   - input: extents of the picture, -1 for an open one.
  ///   - precision: of the picture.
  ///   - notes: of the model, as in `labels`.
  /// - Returns: the path of the description.
  /// - Throws: what writing throws.
  @discardableResult
  package static func write(
    in folder: TemporaryFolder, name: String = "net", input: [Int] = [1, 3, 32, 32],
    precision: String = "FP32", notes: [String: String] = [:]
  ) throws -> String {
    try folder.write(name + ".bin", weights)
    return try folder.write(
      name + ".xml", description(input: input, precision: precision, notes: notes))
  }

  /// Shape of a reshaping, axis of a mean, what one place gets of it and the others, and boxes by
  /// field.
  package static var weights: [UInt8] {
    let gains = (0..<21).map { Float($0 == 5 ? 8 : -8) }
    let centre = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]]
    let boxes = centre.flatMap { value in (0..<21).map { $0 == 5 ? value : 1 } }
    return [1, 2, 1536, 2].flatMap { bytes(Int64($0)) }
      + (gains + boxes).flatMap { bytes($0.bitPattern) }
  }

  private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  /// The description.
  package static func description(
    input: [Int] = [1, 3, 32, 32], precision: String = "FP32", notes: [String: String] = [:]
  ) -> String {
    var layers = ""
    func port(_ id: Int, _ extents: Extents, _ precision: String, names: String? = nil) -> String {
      let dimensions = extents.map { "<dim>\($0)</dim>" }.joined()
      let name = names.map { " names=\"\($0)\"" } ?? ""
      return "<port id=\"\(id)\" precision=\"\(precision)\"\(name)>\(dimensions)</port>"
    }
    func layer(
      _ id: Int, _ type: String, _ data: String, inputs: [(Extents, String)] = [],
      output: (Extents, String)? = nil, names: String? = nil
    ) {
      let ends = inputs.enumerated().map { port($0, $1.0, $1.1) }.joined()
      layers += "<layer id=\"\(id)\" name=\"\(type)_\(id)\" type=\"\(type)\" version=\"opset1\">"
      if !data.isEmpty { layers += "<data \(data)/>" }
      if !inputs.isEmpty { layers += "<input>\(ends)</input>" }
      if let output {
        layers += "<output>\(port(inputs.count, output.0, output.1, names: names))</output>"
      }
      layers += "</layer>\n"
    }
    func constant(_ id: Int, _ type: String, _ shape: Extents, at offset: Int, size: Int) {
      let extents = shape.map(String.init).joined(separator: ",")
      layer(
        id, "Const",
        "element_type=\"\(type)\" shape=\"\(extents)\" offset=\"\(offset)\" size=\"\(size)\"",
        output: (shape, type == "i64" ? "I64" : "FP32"))
    }
    let floats = "FP32"
    let extents = input.map { $0 < 0 ? "?" : String($0) }.joined(separator: ",")
    let element = precision.lowercased().replacingOccurrences(of: "fp", with: "f")
    layer(
      0, "Parameter", "shape=\"\(extents)\" element_type=\"\(element)\"",
      output: (input, precision), names: "images")
    constant(1, "i64", [3], at: 0, size: 24)
    layer(
      2, "Reshape", "special_zero=\"true\"", inputs: [(input, precision), ([3], "I64")],
      output: ([1, 2, 1536], floats))
    constant(3, "i64", [1], at: 24, size: 8)
    layer(
      4, "ReduceMean", "keep_dims=\"true\"", inputs: [([1, 2, 1536], floats), ([1], "I64")],
      output: ([1, 2, 1], floats))
    constant(5, "f32", [1, 1, 21], at: 32, size: 84)
    layer(
      6, "Multiply", "auto_broadcast=\"numpy\"",
      inputs: [([1, 2, 1], floats), ([1, 1, 21], floats)], output: ([1, 2, 21], floats))
    layer(7, "Sigmoid", "", inputs: [([1, 2, 21], floats)], output: ([1, 2, 21], floats))
    constant(8, "f32", [1, 4, 21], at: 116, size: 336)
    layer(
      9, "Concat", "axis=\"1\"", inputs: [([1, 4, 21], floats), ([1, 2, 21], floats)],
      output: ([1, 6, 21], floats), names: "output0")
    layer(10, "Result", "", inputs: [([1, 6, 21], floats)])
    let edges = [
      (0, 0, 2, 0), (1, 0, 2, 1), (2, 2, 4, 0), (3, 0, 4, 1), (4, 2, 6, 0), (5, 0, 6, 1),
      (6, 2, 7, 0), (8, 0, 9, 0), (7, 1, 9, 1), (9, 2, 10, 0),
    ].map {
      "<edge from-layer=\"\($0.0)\" from-port=\"\($0.1)\" to-layer=\"\($0.2)\" to-port=\"\($0.3)\"/>"
    }.joined(separator: "\n")
    let info = notes.sorted { $0.key < $1.key }
      .map { "<\($0.key) value=\"\($0.value)\"/>" }.joined()
    return """
      <?xml version="1.0"?>
      <net name="small" version="11">
      <layers>
      \(layers)</layers>
      <edges>
      \(edges)
      </edges>
      <rt_info><model_info>\(info)</model_info></rt_info>
      </net>

      """
  }
}
