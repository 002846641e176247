/// A value read from a pickle. Containers are numbers of entries in a `PickleDocument`, so that
/// values that hold themselves neither leak nor overflow the stack when they are freed.
enum PickleValue: Sendable, Equatable {
  case none
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case bytes([UInt8])
  case tuple(Int)
  case list(Int)
  case set(Int)
  case dictionary(Int)
  /// What a class or function made, as a record of what it was given; nothing was run.
  case record(Int)
  /// A class or function by name, `torch.nn.modules.conv.Conv2d`.
  case global(String)

  var kind: String {
    switch self {
    case .none: "None"
    case .boolean: "a bool"
    case .integer: "an int"
    case .real: "a float"
    case .text: "a string"
    case .bytes: "bytes"
    case .tuple: "a tuple"
    case .list: "a list"
    case .set: "a set"
    case .dictionary: "a dict"
    case .record: "an object"
    case .global(let name): "the class \(name)"
    }
  }
}

/// What a class or function of the allow-list would have been called with.
struct PickleRecord: Sendable, Equatable {
  /// Module and name joined by a dot; `PickleGlobals.storage` for bytes stored beside the pickle.
  var className: String
  var arguments: [PickleValue]
  /// What `BUILD` gave: for an object its attributes, a dictionary.
  var state = PickleValue.none
}

/// All values of one pickle.
struct PickleDocument: Sendable, Equatable {
  struct Pair: Sendable, Equatable {
    var key: PickleValue
    var value: PickleValue
  }

  /// Items of tuples, lists and sets.
  var sequences: [[PickleValue]] = []
  /// Entries in order of insertion; of equal keys the last counts.
  var dictionaries: [[Pair]] = []
  var records: [PickleRecord] = []
  var root = PickleValue.none

  /// The items of a tuple, list or set; nil for anything else.
  func items(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let index), .list(let index), .set(let index): sequences[index]
    default: nil
    }
  }

  func pairs(_ value: PickleValue) -> [Pair]? {
    if case .dictionary(let index) = value { return dictionaries[index] }
    return nil
  }

  func record(_ value: PickleValue) -> PickleRecord? {
    if case .record(let index) = value { return records[index] }
    return nil
  }

  /// The entry of a dictionary with a string key; nil where there is none or no dictionary.
  func entry(_ key: String, of value: PickleValue) -> PickleValue? {
    pairs(value)?.last { $0.key == .text(key) }?.value
  }
}
