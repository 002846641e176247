import Glibc
import SplitpipeCore

/// What the pickled networks of YOLOv5 and its successors say of themselves.
extension TorchModule {
  /// The layers in order, each at its position, `0`, `1`, …: paths leave out the leading `model.`.
  ///
  /// - Throws: `.badData` where there are none, or one is out of its place.
  func networkLayers() throws -> [TorchModule] {
    guard let model = try child("model") else {
      throw failure("has no list of layers named model")
    }
    let layers = try model.children().enumerated().map { position, child in
      guard child.name == String(position) else {
        throw failure("has layer \(child.name) at position \(position)")
      }
      return TorchModule(child.module, path: child.name)
    }
    guard !layers.isEmpty else { throw failure("has no layers") }
    return layers
  }

  /// The absolute positions of what a layer reads, from its attribute `f`; -1 is the network's input.
  ///
  /// - Throws: `.badData` where it does not say, or reads what is not before it.
  func sources(position: Int) throws -> [Int] {
    let from: [Int]
    switch attribute("f") {
    case .integer(let source)?: from = [source]
    case .some(let value): from = document.integers(value) ?? []
    case nil: from = []
    }
    guard !from.isEmpty, from.count <= 64 else {
      throw failure("does not say which layers it reads")
    }
    return try from.map { source in
      let absolute = source < 0 && source >= -position - 1 ? position + source : source
      guard absolute < position, absolute >= (position == 0 ? -1 : 0) else {
        throw failure("reads layer \(source), which is not before it")
      }
      return absolute
    }
  }

  /// Input pixels for one cell of each level of a head, from its attribute `stride` or the network's.
  ///
  /// - Throws: `.badData` where there are none, or one is no whole number from 1 to 1024.
  func strides(network: TorchModule, _ checkpoint: inout TorchCheckpoint) throws -> [Int] {
    guard let value = attribute("stride") ?? network.attribute("stride") else {
      throw failure("has no strides")
    }
    return try checkpoint.tensor(value).values.map { stride in
      guard stride >= 1, stride <= 1024, stride == stride.rounded() else {
        throw failure("has a stride of \(stride), expected a whole number up to 1024")
      }
      return Int(stride)
    }
  }

  /// The names of the classes; their numbers where the network has none.
  ///
  /// - Throws: `.badData` where there are more, or fewer, than `count`.
  func classNames(count: Int) throws -> [String] {
    guard let value = attribute("names") else { return (0..<count).map(String.init) }
    var names: [String?] = []
    if let items = document.items(value) {
      names = items.map { if case .text(let name) = $0 { name } else { nil } }
    } else {
      names = [String?](repeating: nil, count: count)
      for pair in document.pairs(value) ?? [] {
        guard case .integer(let index) = pair.key, names.indices.contains(index),
          case .text(let name) = pair.value
        else { throw failure("has a class name outside its \(count) classes") }
        names[index] = name
      }
    }
    let complete = names.compactMap(\.self)
    guard complete.count == count, names.count == count else {
      throw failure("has \(complete.count) class names for \(count) classes")
    }
    return complete
  }

  /// An entry of the configuration that the network was built from; nil where there is none.
  func configuration(_ key: String) -> PickleValue? {
    attribute("yaml").flatMap { document.entry(key, of: $0) }
  }
}
