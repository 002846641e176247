import SplitpipeCore

/// Reads a pickle of protocol 2 to 5 as data: a stack machine without code.
///
/// Opcodes as CPython's `pickletools` documents them; those that PyTorch never writes (text
/// protocols, extension registry, out-of-band buffers) are refused by name.
struct PickleMachine {
  var document = PickleDocument()
  var stack: [PickleValue] = []
  /// Stack heights at the open marks.
  var marks: [Int] = []
  var memo: [Int: PickleValue] = [:]
  /// Values made so far, against the limit.
  private(set) var made = 0
  private var reader: NamedReader
  private let limits: CheckpointLimits

  /// Runs the pickle that lies in `bytes` at a place, or is all of them.
  ///
  /// - Throws: `.badData` for a damaged pickle, a name outside the allow-list, or a passed limit.
  static func read(
    _ bytes: [UInt8], at place: Range<Int>? = nil, limits: CheckpointLimits = CheckpointLimits()
  ) throws -> PickleDocument {
    let reader = NamedReader(bytes, in: place, name: "the pickle")
    guard reader.remaining <= limits.pickleBytes else {
      throw SplitpipeError(
        .badData, "the pickle has \(reader.remaining) bytes, more than \(limits.pickleBytes)")
    }
    var machine = PickleMachine(reader: reader, limits: limits)
    while try machine.step() {}
    machine.document.root = try machine.pop()
    return machine.document
  }

  private init(reader: NamedReader, limits: CheckpointLimits) {
    self.reader = reader
    self.limits = limits
  }

  /// Executes one opcode; false after the last.
  private mutating func step() throws -> Bool {
    let opcode = try reader.byte()
    switch opcode {
    case 0x80:  // PROTO
      let version = try reader.byte()
      guard (2...5).contains(version) else {
        throw failure("has protocol \(version), expected 2 to 5")
      }
    case 0x95: _ = try reader.take(8)  // FRAME
    case 0x2E: return false  // STOP
    case 0x4E: try push(.none)
    case 0x88: try push(.boolean(true))
    case 0x89: try push(.boolean(false))
    case 0x4B: try push(.integer(Int(try reader.byte())))  // BININT1
    case 0x4D: try push(.integer(try reader.uint16()))  // BININT2
    case 0x4A:  // BININT
      try push(.integer(Int(Int32(truncatingIfNeeded: try reader.fixed(4)))))
    case 0x8A: try pushLong(Int(try reader.byte()))
    case 0x8B: try pushLong(try reader.uint32())
    case 0x47:  // BINFLOAT, big-endian
      try push(.real(Double(bitPattern: try reader.fixed(8).byteSwapped)))
    case 0x58: try push(.text(try reader.text(try reader.uint32())))  // BINUNICODE
    case 0x8C: try push(.text(try reader.text(Int(try reader.byte()))))
    case 0x8D: try push(.text(try reader.text(try reader.uint64())))
    case 0x54: try push(.text(try reader.text(try reader.uint32())))  // BINSTRING
    case 0x55: try push(.text(try reader.text(Int(try reader.byte()))))
    case 0x42: try pushBytes(try reader.uint32())  // BINBYTES
    case 0x43: try pushBytes(Int(try reader.byte()))
    case 0x8E, 0x96: try pushBytes(try reader.uint64())
    case 0x63:  // GLOBAL
      let module = try reader.line()
      let name = try reader.line()
      try push(.global(try PickleGlobals.qualified(module: module, name: name)))
    case 0x71: try remember(Int(try reader.byte()))  // BINPUT
    case 0x72: try remember(try reader.uint32())
    case 0x94: try remember(memo.count)  // MEMOIZE
    case 0x68: try recall(Int(try reader.byte()))  // BINGET
    case 0x6A: try recall(try reader.uint32())
    default: try rearrange(opcode)
    }
    return true
  }

  mutating func push(_ value: PickleValue) throws {
    guard stack.count < limits.pickleStack else {
      throw failure("stacks more than \(limits.pickleStack) values")
    }
    try charge(1)
    stack.append(value)
  }

  /// Takes the top of the stack; a mark protects what lies below it.
  mutating func pop() throws -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw failure("takes a value from an empty stack")
    }
    return value
  }

  mutating func pushMark() throws {
    guard marks.count < limits.pickleStack else {
      throw failure("opens more than \(limits.pickleStack) marks")
    }
    try charge(1)
    marks.append(stack.count)
  }

  /// Takes everything above the last mark, and the mark.
  mutating func popToMark() throws -> [PickleValue] {
    guard let height = marks.popLast(), height <= stack.count else {
      throw failure("closes a mark that was not opened")
    }
    defer { stack.removeSubrange(height...) }
    return Array(stack[height...])
  }

  /// Counts values against the limit.
  mutating func charge(_ count: Int) throws {
    made += count
    guard made <= limits.pickleValues else {
      throw failure("makes more than \(limits.pickleValues) values")
    }
  }

  func failure(_ what: String) -> SplitpipeError {
    SplitpipeError(.badData, "the pickle \(what), at byte \(reader.position)")
  }

  /// An integer of two's complement bytes; what exceeds 64 bits becomes the nearest `Double`.
  private mutating func pushLong(_ count: Int) throws {
    let digits = reader.bytes[try reader.take(count)].reversed()
    let negative = digits.first ?? 0 >= 0x80
    if count <= 8 {
      var bits: UInt64 = negative ? ~0 : 0
      for digit in digits { bits = bits << 8 | UInt64(digit) }
      return try push(.integer(Int(Int64(bitPattern: bits))))
    }
    var value = negative ? -1.0 : 0.0
    for digit in digits { value = value * 256 + Double(digit) }
    try push(.real(value))
  }

  private mutating func pushBytes(_ count: Int) throws {
    try push(.bytes(Array(reader.bytes[try reader.take(count)])))
  }

  private mutating func remember(_ index: Int) throws {
    guard let value = stack.last else { throw failure("remembers a value of an empty stack") }
    try charge(1)
    memo[index] = value
  }

  private mutating func recall(_ index: Int) throws {
    guard let value = memo[index] else { throw failure("recalls value \(index), never kept") }
    try push(value)
  }
}
