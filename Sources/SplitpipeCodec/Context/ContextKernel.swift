internal import CSplitpipeKernels
import SplitpipeCore

/// The code that does the work of a context coder: in Swift, or in C where that is quicker.
enum ContextKernel: Sendable, Equatable {
  case swift
  /// Only where the processor has what it needs. Its weights lie in another order than those of the
  /// Swift code, so the two cannot take turns within one stream.
  case vector(isWide: Bool)

  init(_ choice: ContextOptions.Kernel) {
    let best = csplitpipe_context_vectors()
    self =
      choice == .swift || best == CSPLITPIPE_VECTORS_NONE
      ? .swift : .vector(isWide: choice == .fastest && best == CSPLITPIPE_VECTORS_AVX512)
  }

  private static func vectors(_ isWide: Bool) -> csplitpipe_vectors {
    isWide ? CSPLITPIPE_VECTORS_AVX512 : CSPLITPIPE_VECTORS_AVX2
  }

  /// Notes a frame's events, as `ContextPlan.forEachPass` goes through them, and returns how many
  /// there are; `events` has room for `ContextPlan.maximumEvents`.
  func record(
    _ plan: ContextPlan, codes: inout [UInt8], held: inout ContextHeld,
    scratch: inout ContextScratch, isKey: Bool, usesSkip: Bool, events: inout [UInt32]
  ) -> Int {
    unsafe events.withUnsafeMutableBufferPointer {
      guard let events = $0.baseAddress else { return 0 }
      var recorder = unsafe EventRecorder(events)
      var count = 0
      unsafe plan.forEachPass(
        codes: &codes, held: &held, scratch: &scratch, isKey: isKey, usesSkip: usesSkip
      ) { pass in
        switch self {
        case .swift: unsafe ContextModel.run(pass, &recorder)
        case .vector(let isWide):
          var plane = unsafe csplitpipe_plane(pass)
          count += unsafe csplitpipe_record(Self.vectors(isWide), &plane, events + count)
        }
      }
      return unsafe count + recorder.count
    }
  }

  /// Appends the states and words that stand for events, with `words` as memory for the latter, which
  /// is made large enough.
  func write(
    _ events: [UInt32], count: Int, lanes: Int, with words: inout [UInt8], to bytes: inout [UInt8]
  ) {
    // Two bytes more than the words can take: the last one is stored before it is known that it is
    // not needed.
    let room = 2 * count + 2
    if self != .swift && words.count < room { words = [UInt8](repeating: 0, count: room) }
    unsafe events.withUnsafeBufferPointer {
      guard let events = $0.baseAddress else { return }
      guard self != .swift else {
        return unsafe ContextStream.write(events, count: count, lanes: lanes, to: &bytes)
      }
      var states = (0..<4).map { _ in ContextStream.lowest }
      unsafe words.withUnsafeMutableBufferPointer { words in
        guard let base = words.baseAddress else { return }
        let size = unsafe csplitpipe_write_words(
          events, count, UInt32(lanes - 1), &states, base + words.count)
        ContextStream.append(states[..<lanes], to: &bytes)
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: words.suffix(size)))
      }
    }
  }

  /// Decodes a frame's codes from the bytes after its header, and returns whether they are those of
  /// a frame.
  func read(
    _ plan: ContextPlan, _ bytes: [UInt8], lanes: Int, codes: inout [UInt8],
    held: inout ContextHeld, scratch: inout ContextScratch, isKey: Bool, usesSkip: Bool
  ) -> Bool {
    switch self {
    case .swift:
      return unsafe bytes.withUnsafeBytes {
        var reader = unsafe StreamReader($0, at: 1, lanes: lanes)
        unsafe plan.forEachPass(
          codes: &codes, held: &held, scratch: &scratch, isKey: isKey, usesSkip: usesSkip
        ) { unsafe ContextModel.run($0, &reader) }
        return unsafe reader.isComplete
      }
    case .vector(let isWide):
      guard let states = ContextStream.states(bytes, at: 1, lanes: lanes) else { return false }
      // The vector code looks at most this far past the end before it stops.
      let padded = bytes + [UInt8](repeating: 0, count: 128)
      return unsafe padded.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return false }
        var reader = unsafe csplitpipe_reader(
          position: base + 1 + 4 * lanes, end: base + bytes.count,
          states: (states[0], states[1], states[2], states[3]), lane_mask: UInt32(lanes - 1),
          is_spent: 0)
        unsafe plan.forEachPass(
          codes: &codes, held: &held, scratch: &scratch, isKey: isKey, usesSkip: usesSkip
        ) {
          guard unsafe reader.is_spent == 0 else { return }
          var plane = unsafe csplitpipe_plane($0)
          unsafe csplitpipe_read(Self.vectors(isWide), &plane, &reader)
        }
        let end = unsafe (reader.states.0, reader.states.1, reader.states.2, reader.states.3)
        let lowest = ContextStream.lowest
        return unsafe reader.is_spent == 0 && reader.position == reader.end
          && end == (lowest, lowest, lowest, lowest)
      }
    }
  }

  /// Lays the tensors' codes out side by side.
  func gather(
    _ tensors: [QuantizedTensor], _ arrangement: ContextArrangement, into codes: inout [UInt8]
  ) {
    guard self != .swift else { return arrangement.gather(tensors, into: &codes) }
    arrangement.forEachMember { member, positions, start, stride in
      let source = tensors[member.tensor].codes
      unsafe source.withUnsafeBufferPointer { source in
        unsafe codes.withUnsafeMutableBufferPointer { codes in
          guard let from = source.baseAddress, let to = codes.baseAddress else { return }
          unsafe csplitpipe_gather(from, member.channels, positions, stride, to + start)
        }
      }
    }
  }

  /// The codes of each tensor, in the order of the frame.
  func scatter(_ codes: [UInt8], _ arrangement: ContextArrangement) -> [[UInt8]] {
    guard self != .swift else { return arrangement.scatter(codes) }
    var tensors = [[UInt8]](repeating: [], count: arrangement.shapes.count)
    arrangement.forEachMember { member, positions, start, stride in
      let count = member.channels * positions
      tensors[member.tensor] = unsafe [UInt8](unsafeUninitializedCapacity: count) { to, filled in
        unsafe codes.withUnsafeBufferPointer { codes in
          guard let from = codes.baseAddress, let to = to.baseAddress else { return }
          unsafe csplitpipe_scatter(from + start, member.channels, positions, stride, to)
          filled = count
        }
      }
    }
    return tensors
  }

  /// The share of groups of channels, 0…1, whose codes are the same in two frames, from every
  /// second position on.
  func unchangedShare(_ arrangement: ContextArrangement, _ codes: [UInt8], _ before: [UInt8])
    -> Double
  {
    guard self != .swift else { return arrangement.unchangedShare(codes, before) }
    return unsafe codes.withUnsafeBufferPointer { codes in
      unsafe before.withUnsafeBufferPointer { before in
        guard let codes = codes.baseAddress, let before = before.baseAddress else { return 0 }
        var (same, total) = (0, 0)
        for plane in arrangement.planes {
          let start = plane.offset + plane.channels
          same += unsafe csplitpipe_same_groups(
            codes + start, before + start, plane.positions, plane.channels, plane.groups)
          total += (plane.positions + 1) / 2 * plane.groups
        }
        return Double(same) / Double(max(1, total))
      }
    }
  }

  /// Moves the running means towards a frame's codes.
  func follow(_ codes: [UInt8], lowBits: Int, isKey: Bool, _ expected: inout [UInt8]) {
    guard self != .swift else {
      return ContextStream.follow(codes, lowBits: lowBits, isKey: isKey, &expected)
    }
    unsafe codes.withUnsafeBufferPointer { codes in
      unsafe expected.withUnsafeMutableBufferPointer { expected in
        guard let from = codes.baseAddress, let to = expected.baseAddress else { return }
        unsafe csplitpipe_follow(from, codes.count, Int32(lowBits), isKey ? 1 : 0, to)
      }
    }
  }
}

extension csplitpipe_plane {
  /// What C needs to know of a pass; as long-lived as that.
  init(_ pass: ContextPass) {
    unsafe self.init()
    unsafe (height, width) = (Int32(pass.plane.height), Int32(pass.plane.width))
    unsafe (channels, groups) = (Int32(pass.plane.channels), Int32(pass.plane.groups))
    unsafe symbol_bits = Int32(pass.alphabet.symbols.trailingZeroBitCount)
    unsafe low_bits = Int32(pass.alphabet.lowBits)
    unsafe low_slots = Int32(pass.alphabet.lowSlots)
    unsafe is_key = pass.isKey ? 1 : 0
    unsafe uses_skip = pass.usesSkip ? 1 : 0
    unsafe share = Int32(ContextEnergy.share(channels: pass.plane.channels))
    let steps = unsafe ContextEnergy.thresholds(isKey: pass.isKey, bits: pass.alphabet.bits)
    unsafe thresholds = (
      steps[0], steps[1], steps[2], steps[3], steps[4], steps[5], steps[6], steps[7]
    )
    unsafe (codes, before, expected) = (pass.codes, pass.before, pass.expected)
    unsafe (energy, skipped) = (pass.energy, pass.skipped)
    unsafe (rows, skip_rows, starts) = (pass.rows, pass.skipRows, pass.starts)
    unsafe (weights, residuals) = (pass.predictor.weights, pass.predictor.residuals)
  }
}
