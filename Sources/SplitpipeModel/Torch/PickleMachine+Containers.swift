import SplitpipeCore

/// The opcodes that make containers and objects of what is on the stack.
extension PickleMachine {
  mutating func rearrange(_ opcode: UInt8) throws {
    switch opcode {
    case 0x28: try pushMark()
    case 0x30:  // POP, which also drops a mark
      if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case 0x31: _ = try popToMark()
    case 0x32:  // DUP
      let value = try pop()
      try push(value)
      try push(value)
    case 0x29: try pushTuple([])
    case 0x85: try pushTuple(try popLast(1))
    case 0x86: try pushTuple(try popLast(2))
    case 0x87: try pushTuple(try popLast(3))
    case 0x74: try pushTuple(try popToMark())
    case 0x5D: try pushList([])
    case 0x6C: try pushList(try popToMark())
    case 0x8F: try pushSet([])
    case 0x91: try pushSet(try popToMark())
    case 0x7D: try pushDictionary([])
    case 0x64: try pushDictionary(try pairs(try popToMark()))
    case 0x61: try append(try popLast(1))
    case 0x65, 0x90: try append(try popToMark())
    case 0x73: try set(try pairs(try popLast(2)))
    case 0x75: try set(try pairs(try popToMark()))
    case 0x93: try pushStackGlobal()
    case 0x52:  // REDUCE
      let arguments = try pop()
      try construct(try pop(), arguments)
    case 0x81:  // NEWOBJ
      let arguments = try pop()
      try construct(try pop(), arguments)
    case 0x92:  // NEWOBJ_EX
      let keywords = try pop()
      guard document.pairs(keywords)?.isEmpty == true else {
        throw failure("makes an object with keyword arguments")
      }
      let arguments = try pop()
      try construct(try pop(), arguments)
    case 0x62: try build()
    case 0x51: try pushStorage()
    default:
      throw failure("has opcode 0x\(String(opcode, radix: 16)), which PyTorch does not write")
    }
  }

  private mutating func popLast(_ count: Int) throws -> [PickleValue] {
    var values: [PickleValue] = []
    for _ in 0..<count { values.append(try pop()) }
    return values.reversed()
  }

  private mutating func pushTuple(_ items: [PickleValue]) throws {
    document.sequences.append(items)
    try push(.tuple(document.sequences.count - 1))
  }

  private mutating func pushList(_ items: [PickleValue]) throws {
    document.sequences.append(items)
    try push(.list(document.sequences.count - 1))
  }

  private mutating func pushSet(_ items: [PickleValue]) throws {
    document.sequences.append(items)
    try push(.set(document.sequences.count - 1))
  }

  private mutating func pushDictionary(_ pairs: [PickleDocument.Pair]) throws {
    document.dictionaries.append(pairs)
    try push(.dictionary(document.dictionaries.count - 1))
  }

  private func pairs(_ values: [PickleValue]) throws -> [PickleDocument.Pair] {
    guard values.count.isMultiple(of: 2) else { throw failure("has a key without a value") }
    return stride(from: 0, to: values.count, by: 2).map {
      PickleDocument.Pair(key: values[$0], value: values[$0 + 1])
    }
  }

  private mutating func append(_ items: [PickleValue]) throws {
    let target = try pop()
    switch target {
    case .list(let index), .set(let index): document.sequences[index] += items
    default: throw failure("appends to \(target.kind)")
    }
    try push(target)
  }

  private mutating func set(_ pairs: [PickleDocument.Pair]) throws {
    let target = try pop()
    guard case .dictionary(let index) = target else {
      throw failure("sets items of \(target.kind)")
    }
    document.dictionaries[index] += pairs
    try push(target)
  }

  private mutating func pushStackGlobal() throws {
    let name = try pop()
    let module = try pop()
    guard case .text(let name) = name, case .text(let module) = module else {
      throw failure("names a class by \(module.kind) and \(name.kind)")
    }
    try push(.global(try PickleGlobals.qualified(module: module, name: name)))
  }

  /// What the class or function `callee` would have returned: a container or a record.
  private mutating func construct(_ callee: PickleValue, _ arguments: PickleValue) throws {
    guard case .global(let name) = callee else { throw failure("calls \(callee.kind)") }
    guard case .tuple(let index) = arguments else {
      throw failure("calls \(name) with \(arguments.kind)")
    }
    let arguments = document.sequences[index]
    switch name {
    case "collections.OrderedDict":
      var pairs: [PickleDocument.Pair] = []
      for item in arguments.first.flatMap(document.items) ?? [] {
        try charge(1)
        guard let pair = document.items(item), pair.count == 2 else {
          throw failure("makes an OrderedDict of \(item.kind)")
        }
        pairs.append(.init(key: pair[0], value: pair[1]))
      }
      try pushDictionary(pairs)
    case "collections.defaultdict":
      try pushDictionary([])
    case "builtins.set", "builtins.frozenset":
      try pushSet(try copiedItems(of: arguments.first))
    case "torch.Size":
      try pushTuple(try copiedItems(of: arguments.first))
    case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
      guard let tensor = arguments.first else { throw failure("makes a parameter of nothing") }
      try push(tensor)
    default:
      document.records.append(PickleRecord(className: name, arguments: arguments))
      try push(.record(document.records.count - 1))
    }
  }

  private mutating func copiedItems(of container: PickleValue?) throws -> [PickleValue] {
    let items = container.flatMap(document.items) ?? []
    try charge(items.count)
    return items
  }

  /// Gives the object below the top its state; attributes of a container mean nothing here.
  private mutating func build() throws {
    let state = try pop()
    let target = try pop()
    switch target {
    case .record(let index): document.records[index].state = state
    case .dictionary: break
    default: throw failure("gives attributes to \(target.kind)")
    }
    try push(target)
  }

  private mutating func pushStorage() throws {
    let identifier = try pop()
    guard let items = document.items(identifier), items.first == .text("storage") else {
      throw failure("refers to \(identifier.kind) outside of it, expected a tensor's storage")
    }
    document.records.append(
      PickleRecord(className: PickleGlobals.storage, arguments: Array(items.dropFirst())))
    try push(.record(document.records.count - 1))
  }
}
