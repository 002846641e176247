internal import CSplitpipeKernels
import SplitpipeCore

/// The code that does the work of a context coder: in Swift, or in C where that is quicker.
enum ContextKernel: Sendable {
  case swift
  /// Only where the processor has what it needs. Its weights lie in another order than those of the
  /// Swift code, so the two cannot take turns within one stream.
  case vector

  init(_ choice: ContextOptions.Kernel) {
    self = choice == .fastest && csplitpipe_is_available() == 1 ? .vector : .swift
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
        case .vector:
          var plane = unsafe csplitpipe_plane(pass)
          count += unsafe csplitpipe_record(&plane, events + count)
        }
      }
      return unsafe count + recorder.count
    }
  }

  /// Appends the words and states that stand for events.
  func write(_ events: [UInt32], count: Int, lanes: Int, to bytes: inout [UInt8]) {
    unsafe events.withUnsafeBufferPointer {
      guard let events = $0.baseAddress else { return }
      switch self {
      case .swift:
        unsafe ContextStream.write(events, count: count, lanes: lanes, to: &bytes)
      case .vector:
        // Two bytes more than the words can take: the last one is stored before it is known that
        // it is not needed.
        let room = 2 * count + 2
        var states = (0..<4).map { _ in ContextStream.lowest }
        let words = unsafe [UInt8](unsafeUninitializedCapacity: room) { words, initialized in
          guard let base = words.baseAddress else { return }
          let size = unsafe csplitpipe_write_words(
            events, count, UInt32(lanes - 1), &states, base + room)
          unsafe base.update(from: base + room - size, count: size)
          initialized = size
        }
        ContextStream.append(states[..<lanes], to: &bytes)
        bytes += words
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
    case .vector:
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
          unsafe csplitpipe_read(&plane, &reader)
        }
        let end = unsafe (reader.states.0, reader.states.1, reader.states.2, reader.states.3)
        let lowest = ContextStream.lowest
        return unsafe reader.is_spent == 0 && reader.position == reader.end
          && end == (lowest, lowest, lowest, lowest)
      }
    }
  }

  /// Lays the tensors' codes out side by side.
  func gather(_ tensors: [QuantizedTensor], _ layout: ContextLayout, into codes: inout [UInt8]) {
    guard self == .vector else { return layout.gather(tensors, into: &codes) }
    layout.forEachMember { member, positions, start, stride in
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
  func scatter(_ codes: [UInt8], _ layout: ContextLayout) -> [[UInt8]] {
    guard self == .vector else { return layout.scatter(codes) }
    var tensors = [[UInt8]](repeating: [], count: layout.shapes.count)
    layout.forEachMember { member, positions, start, stride in
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

  /// Moves the running means towards a frame's codes.
  func follow(_ codes: [UInt8], lowBits: Int, isKey: Bool, _ expected: inout [UInt8]) {
    guard self == .vector else {
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
