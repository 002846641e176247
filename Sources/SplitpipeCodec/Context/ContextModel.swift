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
    unsafe share = ContextEnergy.share(channels: pass.plane.channels)
  }

  private func run(_ coder: inout Coder) {
    for row in unsafe 0..<pass.plane.height where !coder.isSpent {
      for column in unsafe 0..<pass.plane.width {
        let near = unsafe ContextNeighbours(
          row: row, column: column, height: pass.plane.height, width: pass.plane.width)
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
    let around =
      unsafe 2 &* Int32(energy[near.left]) &+ 2 &* Int32(energy[near.above])
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
    let (groups, channels, low) = unsafe (
      pass.plane.groups, pass.plane.channels, pass.alphabet.lowBits
    )
    let flags = unsafe pass.skipped
    let skippedAround =
      unsafe flags[near.left &* groups &+ group] &+ flags[near.above &* groups &+ group]
      &+ flags[near.aboveRight &* groups &+ group]
    let first = position &* channels &+ 16 &* group
    let lanes = min(16, channels &- 16 &* group)
    var isSame = true
    var unrest = 0
    for at in first..<first &+ lanes {
      let same = unsafe Int(pass.before[at])
      unrest = unsafe max(unrest, abs(Int(pass.expected[at]) &- (16 &* same) &>> low))
      if !Coder.isDecoding { isSame = unsafe isSame && Int(pass.codes[at]) == same }
    }
    let context = ContextSkip.context(
      unrest: unrest, energyClass: energyClass, skippedAround: Int(skippedAround),
      unskipped: unskipped)
    let probability = unsafe UInt32(pass.skipRows[context])
    unsafe flagMixer[0] = 0
    unsafe flagMixer[1] = UInt16(truncatingIfNeeded: (probability &* 32766) &>> 16 &+ 1)
    unsafe flagMixer[2] = 32768
    isSame = unsafe coder.code(isSame ? 0 : 1, of: 2, flagMixer, lane: 0) == 0
    let learnt =
      isSame
      ? probability &+ (65535 &- probability) &>> 6 : probability &- probability &>> 6
    unsafe pass.skipRows[context] = UInt16(truncatingIfNeeded: learnt)
    unsafe flags[position &* groups &+ group] = isSame ? 1 : 0
    if isSame {
      for lane in 0..<lanes { unsafe pass.predictor.residuals[16 &* group &+ lane] = 0 }
      if Coder.isDecoding {
        for at in first..<first &+ lanes { unsafe pass.codes[at] = pass.before[at] }
      }
    }
    return isSame
  }

  /// Codes up to sixteen channels of one position; rows and weights learn after all have been coded.
  ///
  /// - Returns: the group's part of the position's energy.
  @inline(__always)
  private func codeGroup(
    _ group: Int, _ position: Int, _ near: ContextNeighbours, _ energyClass: Int,
    _ coder: inout Coder
  ) -> Int {
    let (channels, low, rows) = unsafe (pass.plane.channels, pass.alphabet.lowBits, pass.rows)
    let lanes = min(16, channels &- 16 &* group)
    let fixed = unsafe expectations(group, lanes, position, near)
    let expected = unsafe fixed &+ pass.predictor.correction(group)
    let top = unsafe Int32(pass.alphabet.means &- 1)
    var errors = SIMD16<Int16>()
    var energy = 0
    for lane in 0..<lanes {
      let channel = 16 &* group &+ lane
      let at = position &* channels &+ channel
      let mean = Int(max(0, min(top, expected[lane])))
      let context = unsafe context(channel, at, mean, energyClass)
      var code = unsafe Coder.isDecoding ? 0 : Int(pass.codes[at])
      let cumulative = unsafe mixer.mix(rows + context.first, rows + context.second)
      let symbol = unsafe coder.code(code &>> low, of: mixer.symbols, cumulative, lane: lane)
      unsafe lessons[lane] = .init(first: context.first, second: context.second, symbol: symbol)
      if low > 0 {
        let lowContext = unsafe lowContext(channel, at, symbol: symbol, mean: mean, energyClass)
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
      let value = (8 &* code) &>> low
      energy &+= min(32, abs(value &- mean))
      errors[lane] = ContextWeights.clipped(value &- Int(expected[lane]))
      unsafe pass.predictor.residuals[channel] = ContextWeights.clipped(value &- Int(fixed[lane]))
    }
    unsafe pass.predictor.learn(group, errors, slowness: pass.isKey ? 0 : 2)
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

  /// What each lane is expected to be before anything is learnt, in eighths of a first symbol; notes
  /// the differences that the predictor looks at.
  @inline(__always)
  private func expectations(
    _ group: Int, _ lanes: Int, _ position: Int, _ near: ContextNeighbours
  ) -> SIMD16<Int32> {
    let (channels, low) = unsafe (pass.plane.channels, pass.alphabet.lowBits)
    let (codes, before) = unsafe (pass.codes, pass.before)
    let differences = unsafe pass.predictor.differences
    var fixed = SIMD16<Int32>()
    for lane in 0..<lanes {
      let channel = 16 &* group &+ lane
      func note(_ input: Int, _ difference: Int) {
        unsafe differences[16 &* input &+ lane] = ContextWeights.clipped(
          (8 &* difference) &>> low)
      }
      func code(_ position: Int) -> Int { unsafe Int(codes[position &* channels &+ channel]) }
      func last(_ position: Int) -> Int { unsafe Int(before[position &* channels &+ channel]) }
      let (left, above, aboveRight) = (code(near.left), code(near.above), code(near.aboveRight))
      if unsafe pass.isKey {
        fixed[lane] = Int32(
          truncatingIfNeeded: (3 &* left &+ 3 &* above &+ 2 &* aboveRight) &>> low)
        note(0, left &- above)
        note(1, aboveRight &- above)
        note(2, code(near.aboveLeft) &- above)
        note(3, code(near.leftLeft) &- left)
        note(4, code(near.aboveAbove) &- above)
        note(5, 0)
      } else {
        let expected = unsafe pass.expected
        /// How far the running mean is above the last code.
        func drift(_ position: Int) -> Int {
          let at = position &* channels &+ channel
          return unsafe Int(expected[at]) &>> 1 &- (8 &* Int(before[at])) &>> low
        }
        let same = last(position)
        let change = left &- last(near.left) &+ above &- last(near.above)
        let mean = unsafe Int(expected[position &* channels &+ channel])
        fixed[lane] = Int32(
          truncatingIfNeeded: (mean &+ 1) &>> 1 &+ (change &+ (1 &<< low) &>> 1) &>> low)
        note(0, left &- last(near.left))
        note(1, above &- last(near.above))
        note(2, aboveRight &- last(near.aboveRight))
        note(3, left &- same)
        note(4, above &- same)
        note(5, last(near.right) &- same)
        note(6, last(near.below) &- same)
        unsafe differences[112 &+ lane] = ContextWeights.clipped(drift(position))
        unsafe differences[128 &+ lane] = ContextWeights.clipped(drift(near.beside))
        unsafe differences[144 &+ lane] = ContextWeights.clipped(drift(near.over))
      }
    }
    return fixed
  }

  // Where the two rows of a channel's first symbol are.
  @inline(__always)
  private func context(
    _ channel: Int, _ at: Int, _ mean: Int, _ energyClass: Int
  ) -> (first: Int, second: Int) {
    let (slots, low) = unsafe (pass.alphabet.slots, pass.alphabet.lowBits)
    let (starts, run) = unsafe (pass.starts + channel, 16 &* pass.plane.groups)
    var row = mean &>> 2
    if unsafe !pass.isKey {
      let same = unsafe Int(pass.before[at])
      let change = (mean &- (8 &* same) &>> low &+ 1) &>> 1
      let step =
        max(-ContextTables.largestChange, min(ContextTables.largestChange, change))
        &+ ContextTables.largestChange
      row =
        ((same &>> low) &* ContextTables.changes &+ step) &* ContextTables.energyPairs
        &+ energyClass &>> 1
    }
    return (
      unsafe Int(starts[0]) &+ (mean &* ContextTables.energyClasses &+ energyClass) &* slots,
      unsafe Int(starts[run]) &+ row &* slots
    )
  }

  // Where the two rows of a channel's second symbol are.
  @inline(__always)
  private func lowContext(
    _ channel: Int, _ at: Int, symbol: Int, mean: Int, _ energyClass: Int
  ) -> (first: Int, second: Int) {
    let (low, slots) = unsafe (pass.alphabet.lowBits, pass.alphabet.lowSlots)
    let (starts, run) = unsafe (pass.starts + channel, 16 &* pass.plane.groups)
    let place = max(-1, min(8, mean &- 8 &* symbol)) &+ 1
    var around = symbol
    if unsafe !pass.isKey {
      let before = unsafe Int(pass.before[at])
      around = max(-1, min(1 &<< low, before &- symbol &<< low)) &+ 1
    }
    return (
      unsafe Int(starts[2 &* run]) &+ (place &* ContextTables.energyClasses &+ energyClass)
        &* slots,
      unsafe Int(starts[3 &* run]) &+ around &* slots
    )
  }
}

/// The contexts in which a group is skipped or not.
enum ContextSkip {
  /// Six degrees of unrest, six energies, 0…3 neighbours skipped, 0…4 groups before that were not.
  static let count = 6 * 6 * 4 * 5
  static let start: UInt16 = 49152

  /// The number of a context.
  ///
  /// - Parameters:
  ///   - unrest: the largest distance of a code of the frame before from its running mean.
  ///   - energyClass: around the position.
  ///   - skippedAround: how often the group was skipped to the left, above and above right.
  ///   - unskipped: groups of the position before this one that were not skipped.
  /// - Returns: below `count`.
  @inline(__always)
  static func context(
    unrest: Int, energyClass: Int, skippedAround: Int, unskipped: Int
  ) -> Int {
    ((min(5, (unrest &+ 1) &>> 1) &* 6 &+ energyClass) &* 4 &+ skippedAround) &* 5
      &+ min(unskipped, 4)
  }
}
