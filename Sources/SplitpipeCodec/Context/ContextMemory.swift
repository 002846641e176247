import SplitpipeCore

/// What sender and receiver remember from one frame to the next.
struct ContextHeld: Sendable {
  /// Rows of the tables for frames between key frames.
  var rows: [UInt16]
  /// Weights of the predictors for frames between key frames, plane by plane.
  var weights: [Int16]
  /// Probabilities of skipping, plane by plane.
  var skipRows: [UInt16]
  /// Codes of the last frame, as `ContextArrangement` lays them out.
  var codes: [UInt8]
  /// The running mean of every code, in sixteenths of a first symbol.
  var expected: [UInt8]
}

/// Everything that follows from the shapes and the bit depth of a stream.
struct ContextPlan: Sendable {
  let arrangement: ContextArrangement
  let alphabet: ContextAlphabet
  let keyTables: [ContextTables]
  let deltaTables: [ContextTables]
  let keyStarts: [[Int32]]
  let deltaStarts: [[Int32]]
  /// The rows that a key frame starts from.
  let keyRows: [UInt16]
  /// The rows that the first frame after a key frame starts from.
  let deltaRows: [UInt16]

  init(arrangement: ContextArrangement, alphabet: ContextAlphabet) {
    self.arrangement = arrangement
    self.alphabet = alphabet
    (keyTables, keyStarts, keyRows) = Self.tables(arrangement, alphabet, isKey: true)
    (deltaTables, deltaStarts, deltaRows) = Self.tables(arrangement, alphabet, isKey: false)
  }

  private static func tables(
    _ arrangement: ContextArrangement, _ alphabet: ContextAlphabet, isKey: Bool
  ) -> ([ContextTables], [[Int32]], [UInt16]) {
    var tables: [ContextTables] = []
    for plane in arrangement.planes {
      tables.append(
        ContextTables(
          at: tables.last?.end ?? 0, plane: plane, alphabet: alphabet, isKey: isKey))
    }
    var rows: [UInt16] = []
    rows.reserveCapacity(tables.last?.end ?? 0)
    for plane in arrangement.planes {
      ContextTables.appendStart(to: &rows, plane: plane, alphabet: alphabet, isKey: isKey)
    }
    // Kernels read a row's slot and the next one together, also the last one of all.
    rows += [0, 0]
    let starts = zip(arrangement.planes, tables).map { $1.starts(of: $0, alphabet: alphabet) }
    return (tables, starts, rows)
  }

  /// A state to start a key frame from; what it holds is not read by one.
  var blank: ContextHeld {
    ContextHeld(
      rows: deltaRows, weights: [Int16](repeating: 0, count: weightCount),
      skipRows: [UInt16](
        repeating: ContextSkip.start, count: ContextSkip.count * arrangement.planes.count),
      codes: [UInt8](repeating: 0, count: arrangement.bytes),
      expected: [UInt8](repeating: 0, count: arrangement.bytes))
  }

  /// Forgets every frame before.
  func reset(_ held: inout ContextHeld) {
    held.rows.replaceSubrange(0..<deltaRows.count, with: deltaRows)
    for index in held.weights.indices { held.weights[index] = 0 }
    for index in held.skipRows.indices { held.skipRows[index] = ContextSkip.start }
  }

  /// Weights of all planes.
  var weightCount: Int {
    arrangement.planes.reduce(0) { $0 + $1.groups * ContextWeights.groupSize }
  }

  /// Symbols and flags of a frame, at most.
  var maximumEvents: Int {
    arrangement.planes.reduce(0) {
      $0 + $1.positions * ($1.channels * (alphabet.lowBits > 0 ? 2 : 1) + $1.groups)
    }
  }

  /// Passes the codes of a frame through the model, plane by plane.
  ///
  /// - Parameters:
  ///   - codes: this frame's codes, laid out; written when decoding.
  ///   - held: the frame before; not read for a key frame, its tables learn otherwise.
  ///   - scratch: memory that may hold anything.
  ///   - isKey: for a key frame.
  ///   - usesSkip: whether groups may be skipped.
  ///   - body: codes one plane.
  func forEachPass(
    codes: inout [UInt8], held: inout ContextHeld, scratch: inout ContextScratch, isKey: Bool,
    usesSkip: Bool, _ body: (ContextPass) -> Void
  ) {
    if isKey { scratch.reset(keyRows) }
    unsafe codes.withUnsafeMutableBufferPointer { codes in
      unsafe held.codes.withUnsafeBufferPointer { before in
        unsafe held.expected.withUnsafeBufferPointer { expected in
          unsafe held.skipRows.withUnsafeMutableBufferPointer { skipRows in
            unsafe scratch.withPointers(isKey: isKey, &held.rows, &held.weights) { memory in
              guard let codes = codes.baseAddress, let before = before.baseAddress,
                let expected = expected.baseAddress, let skipRows = skipRows.baseAddress
              else { return }
              var weights = unsafe memory.weights
              for (index, plane) in arrangement.planes.enumerated() {
                let start = plane.offset + plane.channels
                // The plane before may have had fewer groups, and its flags there.
                unsafe memory.flags.update(repeating: 0, count: plane.groups)
                unsafe (isKey ? keyStarts : deltaStarts)[index].withUnsafeBufferPointer {
                  guard let starts = $0.baseAddress else { return }
                  let pass = unsafe ContextPass(
                    plane: plane, alphabet: alphabet, isKey: isKey, usesSkip: usesSkip,
                    codes: codes + start, before: before + start, expected: expected + start,
                    energy: memory.energy + 1, skipped: memory.flags + plane.groups,
                    rows: memory.rows, skipRows: skipRows + index * ContextSkip.count,
                    starts: starts,
                    predictor: ContextPredictor(
                      weights: weights, residuals: memory.residuals,
                      differences: memory.differences,
                      around: isKey ? ContextWeights.aroundInKey : ContextWeights.around))
                  unsafe body(pass)
                }
                unsafe weights += plane.groups * ContextWeights.groupSize
              }
            }
          }
        }
      }
    }
  }

  /// Makes a frame the one before the next.
  func commit(
    _ codes: inout [UInt8], to held: inout ContextHeld, isKey: Bool, kernel: ContextKernel
  ) {
    swap(&codes, &held.codes)
    kernel.follow(held.codes, lowBits: alphabet.lowBits, isKey: isKey, &held.expected)
  }
}

/// Memory that a frame needs while it is coded.
struct ContextScratch: Sendable {
  /// Where it lies, while it is lent.
  @unsafe struct Memory {
    let rows: UnsafeMutablePointer<UInt16>
    let weights: UnsafeMutablePointer<Int16>
    let energy: UnsafeMutablePointer<UInt16>
    let flags: UnsafeMutablePointer<UInt8>
    let residuals: UnsafeMutablePointer<Int16>
    let differences: UnsafeMutablePointer<Int16>
  }

  /// Rows and weights of a key frame.
  private var rows: [UInt16]
  private var weights: [Int16]
  private var energy: [UInt16]
  private var flags: [UInt8]
  /// A position's residuals after the differences of one group.
  private var inputs: [Int16]

  init(_ plan: ContextPlan) {
    let planes = plan.arrangement.planes
    rows = [UInt16](repeating: 0, count: plan.keyRows.count)
    weights = [Int16](repeating: 0, count: plan.weightCount)
    energy = [UInt16](repeating: 0, count: 1 + (planes.map(\.positions).max() ?? 0))
    let flags = planes.map { ($0.positions + 1) * $0.groups }.max() ?? 0
    self.flags = [UInt8](repeating: 0, count: flags)
    let groups = planes.map(\.groups).max() ?? 0
    inputs = [Int16](repeating: 0, count: (ContextWeights.around + groups) * 16)
  }

  /// Makes ready for a key frame.
  mutating func reset(_ start: [UInt16]) {
    rows.replaceSubrange(0..<start.count, with: start)
    for index in weights.indices { weights[index] = 0 }
  }

  /// Lends the memory; for a key frame with its own rows and weights in place of those held.
  mutating func withPointers(
    isKey: Bool, _ heldRows: inout [UInt16], _ heldWeights: inout [Int16], _ body: (Memory) -> Void
  ) {
    if isKey { swap(&rows, &heldRows) }
    if isKey { swap(&weights, &heldWeights) }
    unsafe heldRows.withUnsafeMutableBufferPointer { rows in
      unsafe heldWeights.withUnsafeMutableBufferPointer { weights in
        unsafe energy.withUnsafeMutableBufferPointer { energy in
          unsafe flags.withUnsafeMutableBufferPointer { flags in
            unsafe inputs.withUnsafeMutableBufferPointer { inputs in
              guard let rows = rows.baseAddress, let weights = weights.baseAddress,
                let energy = energy.baseAddress, let flags = flags.baseAddress,
                let inputs = inputs.baseAddress
              else { return }
              unsafe body(
                Memory(
                  rows: rows, weights: weights, energy: energy, flags: flags,
                  residuals: inputs + ContextWeights.around * 16, differences: inputs))
            }
          }
        }
      }
    }
    if isKey { swap(&rows, &heldRows) }
    if isKey { swap(&weights, &heldWeights) }
  }
}
