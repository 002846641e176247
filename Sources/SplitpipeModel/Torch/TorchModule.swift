import SplitpipeCore

/// A pickled `torch.nn.Module` and its place in the network.
struct TorchModule {
  let document: PickleDocument
  let value: PickleValue
  /// Such as `models.common.C3`.
  let className: String
  /// As PyTorch prints it, without the leading `model.`; empty for the network itself.
  let path: String

  /// Most attributes, or children, of one module; lookups are linear.
  private static let maximumEntries = 1024

  /// - Throws: `.badData` where the value is no object with attributes.
  init(_ value: PickleValue, in document: PickleDocument, path: String) throws {
    guard let record = document.record(value), let state = document.pairs(record.state),
      state.count <= Self.maximumEntries
    else {
      throw SplitpipeError(
        .badData, "\(Self.place(path)) is \(value.kind), expected a module of the network")
    }
    self.document = document
    self.value = record.state
    self.className = record.className
    self.path = path
  }

  /// The same module at another path.
  init(_ module: TorchModule, path: String) {
    document = module.document
    value = module.value
    className = module.className
    self.path = path
  }

  /// Class name without its module, `C3`.
  var shortName: String { String(className.split(separator: ".").last ?? "") }

  /// An attribute of the instance; nil where it is missing or `None`.
  func attribute(_ name: String) -> PickleValue? {
    let value = document.entry(name, of: value)
    return value == PickleValue.none ? nil : value
  }

  /// Direct children in order, with their names.
  func children() throws -> [(name: String, module: TorchModule)] {
    var children: [(name: String, module: TorchModule)] = []
    let pairs = attribute("_modules").flatMap(document.pairs) ?? []
    guard pairs.count <= Self.maximumEntries else { throw failure("has too many children") }
    for pair in pairs where pair.value != .none {
      guard case .text(let name) = pair.key else { throw failure("has a child without a name") }
      let module = try TorchModule(
        pair.value, in: document, path: path.isEmpty ? name : "\(path).\(name)")
      if let index = children.firstIndex(where: { $0.name == name }) {
        children[index].module = module
      } else {
        children.append((name, module))
      }
    }
    return children
  }

  /// A child by name; nil where it is missing or `None`.
  func child(_ name: String) throws -> TorchModule? {
    guard let value = attribute("_modules").flatMap({ document.entry(name, of: $0) }),
      value != PickleValue.none
    else { return nil }
    return try TorchModule(value, in: document, path: path.isEmpty ? name : "\(path).\(name)")
  }

  func required(_ name: String) throws -> TorchModule {
    guard let child = try child(name) else { throw failure("has no \(name)") }
    return child
  }

  /// A parameter or buffer; nil where it is missing or `None`.
  func parameter(_ name: String) -> PickleValue? {
    for group in ["_parameters", "_buffers"] {
      if let value = attribute(group).flatMap({ document.entry(name, of: $0) }),
        value != PickleValue.none
      {
        return value
      }
    }
    return nil
  }

  func integer(_ name: String) throws -> Int {
    guard case .integer(let value)? = attribute(name) else {
      throw failure("has no integer \(name)")
    }
    return value
  }

  func number(_ name: String) -> Double? {
    switch attribute(name) {
    case .real(let value)?: value
    case .integer(let value)?: Double(value)
    default: nil
    }
  }

  func boolean(_ name: String) -> Bool? {
    if case .boolean(let value)? = attribute(name) { return value }
    return nil
  }

  func text(_ name: String) -> String? {
    if case .text(let value)? = attribute(name) { return value }
    return nil
  }

  /// A height and a width, given as one integer or two; each within `bounds`.
  func pair(_ name: String, in bounds: ClosedRange<Int>, default: Int? = nil) throws -> [Int] {
    var values: [Int]?
    switch attribute(name) {
    case .integer(let value)?: values = [value, value]
    case nil: values = `default`.map { [$0, $0] }
    case .some(let value): values = document.integers(value)
    }
    guard let values, values.count == 2, values.allSatisfy(bounds.contains) else {
      throw failure(
        "has no \(name) of one or two integers from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return values
  }

  func failure(_ what: String) -> SplitpipeError {
    SplitpipeError(.badData, "\(Self.place(path)) (\(className)) \(what)")
  }

  /// What to say of a module that no reader knows.
  var unsupported: SplitpipeError {
    failure("is a module splitpipe does not know; export the network to ONNX instead")
  }

  private static func place(_ path: String) -> String {
    path.isEmpty ? "the network" : "module \(path)"
  }
}
