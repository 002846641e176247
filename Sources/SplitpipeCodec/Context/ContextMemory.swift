import SplitpipeCore

/// What sender and receiver remember from one frame to the next.
struct ContextHeld: Sendable {
  /// Rows of the tables for frames between key frames.
  var rows: [UInt16]
  /// Probabilities of skipping, plane by plane.
  var skipRows: [UInt16]
  /// Codes of the last frame, as `ContextLayout` lays them out.
  var codes: [UInt8]
  /// The running mean of every code, in sixteenths of a first symbol.
  var expected: [UInt8]
}

/// Everything that follows from the shapes and the bit depth of a stream.
struct ContextPlan: Sendable {
  let layout: ContextLayout
  let alphabet: ContextAlphabet
  let keyTables: [ContextTables]
  let deltaTables: [ContextTables]
  let keyChannels: [[ContextChannel]]
  let deltaChannels: [[ContextChannel]]
  /// The rows that a key frame starts from.
  let keyRows: [UInt16]
  /// The rows that the first frame after a key frame starts from.
  let deltaRows: [UInt16]

  init(layout: ContextLayout, alphabet: ContextAlphabet) {
    self.layout = layout
    self.alphabet = alphabet
    (keyTables, keyChannels, keyRows) = Self.tables(layout, alphabet, isKey: true)
    (deltaTables, deltaChannels, deltaRows) = Self.tables(layout, alphabet, isKey: false)
  }

  private static func tables(
    _ layout: ContextLayout, _ alphabet: ContextAlphabet, isKey: Bool
  ) -> ([ContextTables], [[ContextChannel]], [UInt16]) {
    var tables: [ContextTables] = []
    for plane in layout.planes {
      tables.append(
        ContextTables(
          at: tables.last?.end ?? 0, plane: plane, alphabet: alphabet, isKey: isKey))
    }
    var rows = [UInt16](repeating: 65535, count: tables.last?.end ?? 0)
    for (plane, table) in zip(layout.planes, tables) {
      table.writeStart(to: &rows, plane: plane, alphabet: alphabet, isKey: isKey)
    }
    let channels = zip(layout.planes, tables).map { $1.channels(of: $0, alphabet: alphabet) }
    return (tables, channels, rows)
  }

  /// A state to start a key frame from; what it holds is not read by one.
  var blank: ContextHeld {
    ContextHeld(
      rows: deltaRows,
      skipRows: [UInt16](
        repeating: ContextSkip.start, count: ContextSkip.count * layout.planes.count),
      codes: [UInt8](repeating: 0, count: layout.bytes),
      expected: [UInt8](repeating: 0, count: layout.bytes))
  }

  /// Forgets every frame before.
  func reset(_ held: inout ContextHeld) {
    held.rows.replaceSubrange(0..<deltaRows.count, with: deltaRows)
    for index in held.skipRows.indices { held.skipRows[index] = ContextSkip.start }
  }

  /// Symbols and flags of a frame, at most.
  var maximumEvents: Int {
    layout.planes.reduce(0) {
      $0 + $1.positions * ($1.channels * (alphabet.lowBits > 0 ? 2 : 1) + $1.groups)
    }
  }

  /// Passes the codes of a frame through the model, plane by plane.
  ///
  /// - Parameters:
  ///   - coder: notes or yields the symbols.
  ///   - codes: this frame's codes, laid out; written when decoding.
  ///   - held: the frame before; not read for a key frame, its tables learn otherwise.
  ///   - scratch: memory that may hold anything.
  func run(
    _ coder: inout some SymbolCoder, codes: inout [UInt8], held: inout ContextHeld,
    scratch: inout ContextScratch, isKey: Bool, usesSkip: Bool
  ) {
    if isKey { scratch.rows.replaceSubrange(0..<keyRows.count, with: keyRows) }
    for (index, plane) in layout.planes.enumerated() {
      let start = plane.offset + plane.channels
      unsafe codes.withUnsafeMutableBufferPointer { codes in
        unsafe held.codes.withUnsafeBufferPointer { before in
          unsafe held.expected.withUnsafeBufferPointer { expected in
            unsafe scratch.withPointers(isKey: isKey, rows: &held.rows) { rows, energy, flags in
              unsafe held.skipRows.withUnsafeMutableBufferPointer { skipRows in
                unsafe (isKey ? keyChannels : deltaChannels)[index].withUnsafeBufferPointer {
                  guard let codes = codes.baseAddress, let before = before.baseAddress,
                    let expected = expected.baseAddress, let channels = $0.baseAddress,
                    let skipRows = skipRows.baseAddress
                  else { return }
                  let pass = unsafe ContextPass(
                    plane: plane, alphabet: alphabet, isKey: isKey, usesSkip: usesSkip,
                    codes: codes + start, before: before + start, expected: expected + start,
                    energy: energy + 1, skipped: flags + plane.groups, rows: rows,
                    skipRows: skipRows + index * ContextSkip.count, starts: channels)
                  unsafe ContextModel.run(pass, &coder)
                }
              }
            }
          }
        }
      }
    }
  }

  /// Makes a frame the one before the next.
  func commit(_ codes: inout [UInt8], to held: inout ContextHeld, isKey: Bool) {
    swap(&codes, &held.codes)
    let low = alphabet.lowBits
    if isKey {
      for index in held.codes.indices {
        held.expected[index] = UInt8(truncatingIfNeeded: (Int(held.codes[index]) << 4) >> low)
      }
    } else {
      for index in held.codes.indices {
        let old = Int(held.expected[index])
        let code = (Int(held.codes[index]) << 4) >> low
        held.expected[index] = UInt8(truncatingIfNeeded: old + (5 * (code - old) + 8) >> 4)
      }
    }
  }
}

/// Memory that a frame needs while it is coded.
struct ContextScratch: Sendable {
  /// Rows of a key frame.
  var rows: [UInt16]
  private var energy: [UInt16]
  private var flags: [UInt8]

  init(_ plan: ContextPlan) {
    rows = [UInt16](repeating: 0, count: plan.keyRows.count)
    let positions = plan.layout.planes.map(\.positions).max() ?? 0
    energy = [UInt16](repeating: 0, count: positions + 1)
    let flags = plan.layout.planes.map { ($0.positions + 1) * $0.groups }.max() ?? 0
    self.flags = [UInt8](repeating: 0, count: flags)
  }

  /// Lends the rows to use, energies and skip flags.
  mutating func withPointers(
    isKey: Bool, rows held: inout [UInt16],
    _ body: (
      UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt8>
    ) -> Void
  ) {
    func lend(_ rows: inout [UInt16]) {
      unsafe rows.withUnsafeMutableBufferPointer { rows in
        unsafe energy.withUnsafeMutableBufferPointer { energy in
          unsafe flags.withUnsafeMutableBufferPointer { flags in
            guard let rows = rows.baseAddress, let energy = energy.baseAddress,
              let flags = flags.baseAddress
            else { return }
            unsafe body(rows, energy, flags)
          }
        }
      }
    }
    // Taken out for the time being, so that both can be changed at once.
    var own: [UInt16] = []
    swap(&own, &rows)
    if isKey { lend(&own) } else { lend(&held) }
    swap(&own, &rows)
  }
}
