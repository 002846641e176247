import SplitpipeCore

/// The layers of an OpenVINO network (IR, versions 10 and 11) as its `.xml` describes them.
///
/// Read for what the network takes and gives; the network itself is made by the runtime.
struct IRDescription {
  struct Port {
    let id: Int
    /// `FP32`, `I64` and so on.
    let precision: String
    /// Names of the tensor.
    let names: [String]
    /// Extents, outermost first; -1 where one is open.
    var dimensions: [Int] = []
  }

  struct Layer {
    let id: Int
    let name: String
    /// `Convolution`, `Parameter` and so on.
    let type: String
    /// What the layer is told besides its inputs.
    var data: [String: String] = [:]
    var inputs: [Port] = []
    var outputs: [Port] = []
  }

  /// One end of an edge.
  struct Place: Hashable {
    let layer: Int
    let port: Int
  }

  private(set) var layers: [Layer] = []
  /// Where what goes into a port comes from.
  private(set) var sources: [Place: Place] = [:]
  /// What the exporter noted of the model.
  private(set) var notes: [String: String] = [:]

  /// Whether bytes begin as such a description does.
  static func isLikely(_ bytes: [UInt8]) -> Bool {
    let start = String(decoding: bytes.prefix(4096), as: UTF8.self)
      .drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    return (start.hasPrefix("<?xml") || start.hasPrefix("<net")) && start.contains("<net ")
  }

  /// - Throws: `badData` where the text is damaged, or larger than any network.
  init(_ bytes: [UInt8]) throws(SplitpipeError) {
    var reader = XMLReader(bytes)
    var path: [String] = []
    while let event = try reader.next() {
      switch event {
      case .start(let name, let attributes):
        path.append(name)
        guard path.count <= Self.deepest else {
          throw Self.damaged("\(path.count) elements within each other")
        }
        try begin(path, attributes)
      case .text(let text):
        try read(text, at: path)
      case .end(let name):
        guard path.popLast() == name else {
          throw Self.damaged("the end of \"\(name)\", which has not begun")
        }
      }
    }
    guard path.isEmpty else { throw Self.damaged("no end of \"\(path.last ?? "")\"") }
  }

  private static let deepest = 64

  private mutating func begin(
    _ path: [String], _ attributes: [String: String]
  ) throws(SplitpipeError) {
    func number(_ key: String) throws(SplitpipeError) -> Int {
      guard let number = attributes[key].flatMap(Int.init) else {
        throw Self.damaged("\(path.last ?? "") without a number \(key)")
      }
      return number
    }
    guard path[0] == "net" else { throw Self.damaged("the element \"\(path[0])\" around all") }
    // What lies deeper are the bodies of loops.
    switch path.dropFirst().joined(separator: "/") {
    case "layers/layer":
      guard layers.count < ModelLimits.nodes else {
        throw Self.damaged("more than \(ModelLimits.nodes) layers")
      }
      layers.append(
        Layer(
          id: try number("id"), name: attributes["name"] ?? "", type: attributes["type"] ?? ""))
    case "layers/layer/data":
      layers[layers.count - 1].data = attributes
    case "layers/layer/input/port", "layers/layer/output/port":
      let port = Port(
        id: try number("id"), precision: attributes["precision"] ?? "",
        names: (attributes["names"] ?? "").split(separator: ",").map(String.init))
      if path[3] == "input" {
        layers[layers.count - 1].inputs.append(port)
      } else {
        layers[layers.count - 1].outputs.append(port)
      }
    case "edges/edge":
      let end = Place(layer: try number("to-layer"), port: try number("to-port"))
      sources[end] = Place(layer: try number("from-layer"), port: try number("from-port"))
    default:
      if path.count == 4, path[1] == "rt_info", path[2] == "model_info" {
        notes[path[3]] = attributes["value"]
      }
    }
  }

  /// Extents are the only text.
  private mutating func read(_ text: String, at path: [String]) throws(SplitpipeError) {
    guard path.count == 6, path[1] == "layers", path[2] == "layer", path[4] == "port",
      path[5] == "dim"
    else { return }
    guard let extent = Int(text), extent >= -1, extent <= ModelLimits.extent else {
      throw Self.damaged("an extent of \"\(text.prefix(20))\"")
    }
    let place = layers.count - 1
    func add(to ports: inout [Port]) -> Bool {
      guard let last = ports.indices.last, ports[last].dimensions.count < ModelLimits.rank else {
        return false
      }
      ports[last].dimensions.append(extent)
      return true
    }
    let isAdded =
      path[3] == "input" ? add(to: &layers[place].inputs) : add(to: &layers[place].outputs)
    guard isAdded else { throw Self.damaged("more than \(ModelLimits.rank) extents") }
  }

  private static func damaged(_ found: String) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "its description has \(found), expected the layers and edges of an OpenVINO network; copy or "
        + "export it again")
  }
}

extension IRDescription.Port {
  /// nil where an extent is open.
  var shape: Shape? { Shape(limited: dimensions) }
}
