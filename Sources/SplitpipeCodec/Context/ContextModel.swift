/// Takes symbols with their probabilities to bytes or from bytes.
protocol SymbolCoder {
  static var isDecoding: Bool { get }

  /// Codes a symbol whose cumulative frequencies, in 1/32768, are given.
  ///
  /// - Parameters:
  ///   - symbol: the symbol; of no meaning when decoding.
  ///   - symbols: how many there are, a power of two.
  ///   - cumulative: from 0 at place 0 to 32768 at place `symbols`.
  ///   - lane: of the sixteen channels coded together, or 0.
  /// - Returns: the symbol.
  mutating func code(
    _ symbol: Int, of symbols: Int, _ cumulative: UnsafePointer<UInt16>, lane: Int
  ) -> Int

  /// Whether nothing sensible can follow.
  var isSpent: Bool { get }
}

/// What a group of channels coded together leaves to be learnt: rows and symbols, per lane.
@unsafe struct ContextLessons {
  struct Lesson {
    var first: Int
    var second: Int
    var symbol: Int
  }

  private let lessons: UnsafeMutablePointer<Lesson>

  /// - Parameter memory: room for 32 lessons.
  init(_ memory: UnsafeMutableBufferPointer<Lesson>) {
    unsafe memory.initialize(repeating: Lesson(first: 0, second: 0, symbol: 0))
    // Never empty: room was asked for.
    unsafe lessons = memory.baseAddress.unsafelyUnwrapped
  }

  /// Place 0…15 are first symbols, 16…31 second symbols.
  subscript(place: Int) -> Lesson {
    @inline(__always) get { unsafe lessons[place] }
    @inline(__always) nonmutating set { unsafe lessons[place] = newValue }
  }
}

/// The model of one plane of one frame: turns codes around into the frequencies of the next one.
///
/// One text serves both directions, so that they cannot differ.
@unsafe struct ContextModel<Coder: SymbolCoder> {
  private let pass: ContextPass
  private let mixer: ContextMixer
  private let lowMixer: ContextMixer
  private let flagMixer: UnsafeMutablePointer<UInt16>
  private let lessons: ContextLessons
  private let thresholds: SIMD8<Int32>
  private let share: Int

  /// Codes all codes of the plane, row by row, position by position, sixteen channels at a time.
  static func run(_ pass: ContextPass, _ coder: inout Coder) {
    unsafe withUnsafeTemporaryAllocation(byteCount: 192, alignment: 16) { room in
      unsafe withUnsafeTemporaryAllocation(of: ContextLessons.Lesson.self, capacity: 32) {
        guard let scratch = room.baseAddress else { return }
        let model = unsafe ContextModel(pass, scratch: scratch, lessons: ContextLessons($0))
        unsafe model.run(&coder)
      }
    }
  }

  private init(
    _ pass: ContextPass, scratch: UnsafeMutableRawPointer, lessons: ContextLessons
  ) {
    unsafe self.pass = unsafe pass
    unsafe mixer = ContextMixer(symbols: pass.alphabet.symbols, cumulative: scratch)
    unsafe lowMixer = ContextMixer(symbols: pass.alphabet.lowSymbols, cumulative: scratch + 64)
    unsafe flagMixer = (scratch + 128).bindMemory(to: UInt16.self, capacity: 3)
    unsafe self.lessons = unsafe lessons
    unsafe thresholds = ContextEnergy.thresholds(isKey: pass.isKey, bits: pass.alphabet.bits)
    unsafe share = (64 << 16) / pass.plane.channels
  }

  private func run(_ coder: inout Coder) {
    for row in unsafe 0..<pass.plane.height where !coder.isSpent {
      for column in unsafe 0..<pass.plane.width {
        let near = unsafe ContextNeighbours(row: row, column: column, width: pass.plane.width)
        let position = unsafe row &* pass.plane.width &+ column
        unsafe code(position, near, &coder)
      }
    }
  }

  @inline(__always)
  private func code(_ position: Int, _ near: ContextNeighbours, _ coder: inout Coder) {
    let energyClass = unsafe energyClass(near)
    var energy = 0
    var unskipped = 0
    for group in unsafe 0..<pass.plane.groups {
      if unsafe pass.usesSkip {
        if unsafe codeSkip(group, position, near, energyClass, unskipped, &coder) { continue }
        unskipped &+= 1
      }
      unsafe energy &+= codeGroup(group, position, near, energyClass, &coder)
    }
    unsafe pass.energy[position] = UInt16(truncatingIfNeeded: (energy &* share) &>> 16)
  }

  @inline(__always)
  private func energyClass(_ near: ContextNeighbours) -> Int {
    let energy = unsafe pass.energy
    let around = unsafe 2 &* Int32(energy[near.left]) &+ 2 &* Int32(energy[near.above])
      &+ Int32(energy[near.aboveRight]) &+ Int32(energy[near.aboveLeft])
    let reached = unsafe thresholds .<= SIMD8(repeating: around)
    return Int(SIMD8<Int32>(repeating: 0).replacing(with: 1, where: reached).wrappedSum())
  }

  /// Codes whether a group's codes are those of the frame before, and then copies them.
  @inline(__always)
  private func codeSkip(
    _ group: Int, _ position: Int, _ near: ContextNeighbours, _ energyClass: Int, _ unskipped: Int,
    _ coder: inout Coder
  ) -> Bool {
    let (groups, channels) = unsafe (pass.plane.groups, pass.plane.channels)
    let flags = unsafe pass.skipped
    let near3 =
      unsafe Int(flags[near.left &* groups &+ group]) &* 4
      &+ Int(flags[near.above &* groups &+ group]) &* 2
      &+ Int(flags[near.aboveRight &* groups &+ group])
    let context = ContextSkip.context(
      group: group, energyClass: energyClass, near: near3, unskipped: unskipped)
    let first = position &* channels &+ 16 &* group
    let lanes = min(16, channels &- 16 &* group)
    var isSame = true
    if !Coder.isDecoding {
      for lane in 0..<lanes {
        isSame = unsafe isSame && pass.codes[first &+ lane] == pass.before[first &+ lane]
      }
    }
    let probability = unsafe UInt32(pass.skipRows[context])
    unsafe flagMixer[0] = 0
    unsafe flagMixer[1] = UInt16(truncatingIfNeeded: (probability &* 32766) &>> 16 &+ 1)
    unsafe flagMixer[2] = 32768
    isSame = unsafe coder.code(isSame ? 0 : 1, of: 2, flagMixer, lane: 0) == 0
    let learnt = isSame ? probability &+ (65535 &- probability) &>> 6 : probability &- probability &>> 6
    unsafe pass.skipRows[context] = UInt16(truncatingIfNeeded: learnt)
    unsafe flags[position &* groups &+ group] = isSame ? 1 : 0
    if isSame && Coder.isDecoding {
      for lane in 0..<lanes { unsafe pass.codes[first &+ lane] = pass.before[first &+ lane] }
    }
    return isSame
  }

  /// Codes up to sixteen channels of one position; all rows learn after all have been coded.
  ///
  /// - Returns: the group's part of the position's energy.
  @inline(__always)
  private func codeGroup(
    _ group: Int, _ position: Int, _ near: ContextNeighbours, _ energyClass: Int,
    _ coder: inout Coder
  ) -> Int {
    let (channels, low, rows) = unsafe (pass.plane.channels, pass.alphabet.lowBits, pass.rows)
    let lanes = min(16, channels &- 16 &* group)
    var energy = 0
    for lane in 0..<lanes {
      let channel = 16 &* group &+ lane
      let at = position &* channels &+ channel
      let context = unsafe context(channel, position, near, energyClass)
      var code = unsafe Coder.isDecoding ? 0 : Int(pass.codes[at])
      let cumulative = unsafe mixer.mix(rows + context.first, rows + context.second)
      let symbol = unsafe coder.code(code &>> low, of: mixer.symbols, cumulative, lane: lane)
      unsafe lessons[lane] = .init(first: context.first, second: context.second, symbol: symbol)
      if low > 0 {
        let lowContext = unsafe lowContext(
          channel, at, symbol: symbol, mean: context.mean, energyClass)
        let cumulative = unsafe lowMixer.mix(rows + lowContext.first, rows + lowContext.second)
        let rest = unsafe coder.code(
          code & (1 &<< low &- 1), of: lowMixer.symbols, cumulative, lane: lane)
        unsafe lessons[16 &+ lane] = .init(
          first: lowContext.first, second: lowContext.second, symbol: rest)
        code = symbol &<< low | rest
      } else {
        code = symbol
      }
      if Coder.isDecoding { unsafe pass.codes[at] = UInt8(truncatingIfNeeded: code) }
      energy &+= min(32, abs((8 &* code) &>> low &- context.mean))
    }
    for lane in 0..<lanes {
      let lesson = unsafe lessons[lane]
      unsafe mixer.learn(lesson.symbol, rows + lesson.first)
      unsafe mixer.learn(lesson.symbol, rows + lesson.second)
      guard low > 0 else { continue }
      let lowLesson = unsafe lessons[16 &+ lane]
      unsafe lowMixer.learn(lowLesson.symbol, rows + lowLesson.first)
      unsafe lowMixer.learn(lowLesson.symbol, rows + lowLesson.second)
    }
    return energy
  }

  /// The two rows of a channel's first symbol, and what it is expected to be, in eighths.
  @inline(__always)
  private func context(
    _ channel: Int, _ position: Int, _ near: ContextNeighbours, _ energyClass: Int
  ) -> (first: Int, second: Int, mean: Int) {
    let (channels, low, symbols) = unsafe (
      pass.plane.channels, pass.alphabet.lowBits, pass.alphabet.symbols
    )
    let slots = unsafe pass.alphabet.slots
    let (codes, starts) = unsafe (pass.codes, pass.starts[channel])
    let left = unsafe Int(codes[near.left &* channels &+ channel])
    let above = unsafe Int(codes[near.above &* channels &+ channel])
    var mean: Int
    var around: Int
    if unsafe pass.isKey {
      let aboveRight = unsafe Int(codes[near.aboveRight &* channels &+ channel])
      mean = (3 &* left &+ 3 &* above &+ 2 &* aboveRight) &>> low
      around = (left &>> low) &* symbols &+ above &>> low
    } else {
      let before = unsafe pass.before
      let change =
        unsafe left &- Int(before[near.left &* channels &+ channel])
        &+ above &- Int(before[near.above &* channels &+ channel])
      let coarse = (change &+ (1 &<< low) &>> 1) &>> low
      let at = position &* channels &+ channel
      mean = unsafe (Int(pass.expected[at]) &+ 1) &>> 1 &+ coarse
      mean = max(0, min(8 &* symbols &- 1, mean))
      around = unsafe (Int(before[at]) &>> low) &* 5 &+ max(-2, min(2, coarse)) &+ 2
    }
    return (
      Int(starts.first) &+ (mean &* ContextTables.energyClasses &+ energyClass) &* slots,
      Int(starts.second) &+ around &* slots, mean
    )
  }

  /// The two rows of a channel's second symbol.
  @inline(__always)
  private func lowContext(
    _ channel: Int, _ at: Int, symbol: Int, mean: Int, _ energyClass: Int
  ) -> (first: Int, second: Int) {
    let (low, slots) = unsafe (pass.alphabet.lowBits, pass.alphabet.lowSlots)
    let starts = unsafe pass.starts[channel]
    let place = max(-1, min(8, mean &- 8 &* symbol)) &+ 1
    var around = symbol
    if unsafe !pass.isKey {
      let before = unsafe Int(pass.before[at])
      around = max(-1, min(1 &<< low, before &- symbol &<< low)) &+ 1
    }
    return (
      Int(starts.lowFirst) &+ (place &* ContextTables.energyClasses &+ energyClass) &* slots,
      Int(starts.lowSecond) &+ around &* slots
    )
  }
}

/// The contexts in which a group is skipped or not.
enum ContextSkip {
  /// Groups 0…7, six energies, three flags, 0…3 groups before that were not skipped.
  static let count = 8 * 6 * 8 * 4
  static let start: UInt16 = 49152

  @inline(__always)
  static func context(group: Int, energyClass: Int, near: Int, unskipped: Int) -> Int {
    ((min(group, 7) &* 6 &+ energyClass) &* 8 &+ near) &* 4 &+ min(unskipped, 3)
  }
}
