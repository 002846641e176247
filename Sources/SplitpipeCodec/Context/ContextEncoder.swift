package import SplitpipeCore

/// What a frame's bytes need besides themselves.
package enum ContextDependency: Sendable, Equatable {
  /// Nothing.
  case key
  /// The frame before, and all that one needs.
  case delta
}

/// How a context encoder works; none of it changes what a decoder must know.
package struct ContextOptions: Sendable, Equatable {
  /// Which code does the work; the bytes are the same.
  package enum Kernel: Sendable, Equatable, CaseIterable {
    /// The code in Swift alone.
    case swift
    /// As the quickest, but without AVX-512.
    case narrow
    /// The quickest that this processor can run.
    case fastest
  }

  /// When groups of codes that stay the same are marked as such.
  package enum Skipping: Sendable, Equatable {
    case never
    case always
    /// Where at least this share of the groups, 0…1, did not change.
    case fromShare(Double)
  }

  package var kernel: Kernel
  package var skipping: Skipping

  package init(kernel: Kernel = .fastest, skipping: Skipping = .fromShare(0.6)) {
    self.kernel = kernel
    self.skipping = skipping
  }
}

/// Turns the codes of one frame after another into bytes; one per sender.
///
/// The bytes hold no shapes, bit depth, ranges or checksum: a packet carries those.
package struct ContextEncoder: Sendable {
  package let options: ContextOptions
  private let kernel: ContextKernel
  private var plan: ContextPlan?
  private var held: ContextHeld?
  private var scratch: ContextScratch?
  private var codes: [UInt8] = []
  private var events: [UInt32] = []
  private var words: [UInt8] = []

  package init(options: ContextOptions = ContextOptions()) {
    self.options = options
    kernel = ContextKernel(options.kernel)
  }

  /// Whether a delta of these tensors can follow: the frame before had the same shapes and bits.
  package func canContinue(with tensors: [QuantizedTensor]) -> Bool {
    guard let plan, held != nil, let bits = tensors.first?.bits else { return false }
    return plan.arrangement.shapes == tensors.map(\.shape) && plan.alphabet == ContextAlphabet(bits)
  }

  /// The bytes of one frame.
  ///
  /// - Parameters:
  ///   - tensors: all tensors of the frame, of one bit depth.
  ///   - dependency: `.key` forgets every frame before; `.delta` continues from the last one.
  /// - Returns: at least one byte.
  /// - Precondition: at least one tensor, none empty, every code below 2^bits; for `.delta`,
  ///   `canContinue(with:)`.
  package mutating func encode(
    _ tensors: [QuantizedTensor], dependency: ContextDependency
  ) -> [UInt8] {
    let isKey = dependency == .key
    precondition(isKey || canContinue(with: tensors), "a delta continues a frame of equal shapes")
    let plan = prepare(tensors)
    guard var held = self.held, var scratch = self.scratch else { return [] }
    // Taken out so that there is one owner and nothing is copied.
    (self.held, self.scratch) = (nil, nil)
    if isKey { plan.reset(&held) }
    kernel.gather(tensors, plan.arrangement, into: &codes)
    var bytes: [UInt8] = []
    if !isKey && codes == held.codes {
      bytes = [ContextHeader.unchanged]
    } else {
      let usesSkip = !isKey && skips(plan, held)
      let count = kernel.record(
        plan, codes: &codes, held: &held, scratch: &scratch, isKey: isKey, usesSkip: usesSkip,
        events: &events)
      let header = ContextHeader(usesSkip: usesSkip, lanes: count < 16384 ? 1 : 4)
      bytes = [header.byte]
      kernel.write(events, count: count, lanes: header.lanes, with: &words, to: &bytes)
    }
    plan.commit(&codes, to: &held, isKey: isKey, kernel: kernel)
    (self.held, self.scratch) = (held, scratch)
    return bytes
  }

  /// The plan for these tensors, with memory for them.
  private mutating func prepare(_ tensors: [QuantizedTensor]) -> ContextPlan {
    precondition(!tensors.isEmpty, "a frame has a tensor")
    let alphabet = ContextAlphabet(tensors[0].bits)
    precondition(
      tensors.allSatisfy { $0.bits == tensors[0].bits && $0.shape.count > 0 },
      "tensors of one bit depth, none empty")
    if let plan, plan.alphabet == alphabet, plan.arrangement.shapes == tensors.map(\.shape) {
      return plan
    }
    let plan = ContextPlan(
      arrangement: ContextArrangement(tensors.map(\.shape)), alphabet: alphabet)
    self.plan = plan
    held = plan.blank
    scratch = ContextScratch(plan)
    codes = [UInt8](repeating: 0, count: plan.arrangement.bytes)
    // The kernels note whole groups.
    let room = plan.maximumEvents + 16
    if events.count < room { events = [UInt32](repeating: 0, count: room) }
    return plan
  }

  private func skips(_ plan: ContextPlan, _ held: ContextHeld) -> Bool {
    switch options.skipping {
    case .never: false
    case .always: true
    case .fromShare(let share):
      kernel.unchangedShare(plan.arrangement, codes, held.codes) >= share
    }
  }
}
