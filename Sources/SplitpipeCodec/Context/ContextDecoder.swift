package import SplitpipeCore

/// Turns the bytes of one frame after another back into codes; one per receiver.
///
/// Memory is bounded by the shapes, which the caller checks against its limits first.
package struct ContextDecoder: Sendable {
  package let options: ContextOptions
  private let kernel: ContextKernel
  private var receiver: ContextReceiver?

  package init(options: ContextOptions = ContextOptions()) {
    self.options = options
    kernel = ContextKernel(options.kernel)
  }

  /// Whether a delta of these shapes can be decoded: the last frame accepted had the same.
  package func canContinue(with shapes: [Shape], bits: BitDepth) -> Bool {
    receiver?.takes(shapes, bits) ?? false
  }

  /// The codes of one frame.
  ///
  /// - Parameters:
  ///   - bytes: what `ContextEncoder.encode(_:dependency:)` returned.
  ///   - tensors: names and shapes of the frame's tensors, in the order they were encoded in.
  ///   - bits: their bit depth.
  ///   - dependency: as the frame was encoded with.
  /// - Returns: the codes of each tensor, every one below 2^bits.
  /// - Throws: bad data if the bytes are not a frame of these tensors, or if a delta does not follow
  ///   the frame it was made from (`canContinue(with:bits:)`); nothing is remembered of it then.
  /// - Precondition: at least one tensor, none empty, at a quantized depth.
  package mutating func decode(
    _ bytes: [UInt8], of tensors: [TensorDescription], bits: BitDepth, dependency: ContextDependency
  ) throws(SplitpipeError) -> [[UInt8]] {
    precondition(
      !tensors.isEmpty && bits.isQuantized && tensors.allSatisfy { $0.shape.count > 0 },
      "a frame has tensors of quantized values")
    let isKey = dependency == .key
    guard isKey || canContinue(with: tensors.map(\.shape), bits: bits) else {
      throw .needsKeyFrame(tensors)
    }
    guard let first = bytes.first, let header = ContextHeader(first),
      header.isUnchanged ? bytes.count == 1 && !isKey : !(isKey && header.usesSkip)
    else {
      throw .badFrame("its first byte is not one that starts \(isKey ? "a key frame" : "a delta")")
    }
    let shapes = tensors.map(\.shape)
    if receiver?.takes(shapes, bits) == true, var current = receiver {
      // Taken out so that there is one owner and nothing is copied.
      receiver = nil
      defer { receiver = current }
      return try current.decode(bytes, header, isKey: isKey)
    }
    var fresh = ContextReceiver(shapes, bits, kernel)
    let codes = try fresh.decode(bytes, header, isKey: isKey)
    receiver = fresh
    return codes
  }
}

/// A decoder of one set of shapes and one bit depth.
private struct ContextReceiver: Sendable {
  private let kernel: ContextKernel
  private let plan: ContextPlan
  /// The last frame that was accepted.
  private var held: ContextHeld
  /// What becomes `held` once a frame is accepted.
  private var next: ContextHeld
  private var scratch: ContextScratch
  private var codes: [UInt8]

  init(_ shapes: [Shape], _ bits: BitDepth, _ kernel: ContextKernel) {
    self.kernel = kernel
    plan = ContextPlan(arrangement: ContextArrangement(shapes), alphabet: ContextAlphabet(bits))
    held = plan.blank
    next = plan.blank
    scratch = ContextScratch(plan)
    codes = [UInt8](repeating: 0, count: plan.arrangement.bytes)
  }

  func takes(_ shapes: [Shape], _ bits: BitDepth) -> Bool {
    plan.arrangement.shapes == shapes && plan.alphabet == ContextAlphabet(bits)
  }

  mutating func decode(
    _ bytes: [UInt8], _ header: ContextHeader, isKey: Bool
  ) throws(SplitpipeError) -> [[UInt8]] {
    if isKey { plan.reset(&next) } else { next.copy(held) }
    if header.isUnchanged {
      codes.replaceSubrange(0..<codes.count, with: next.codes)
    } else {
      let isComplete = kernel.read(
        plan, bytes, lanes: header.lanes, codes: &codes, held: &next, scratch: &scratch,
        isKey: isKey, usesSkip: header.usesSkip)
      guard isComplete else { throw .badFrame("its symbols do not end where its bytes do") }
    }
    plan.commit(&codes, to: &next, isKey: isKey, kernel: kernel)
    swap(&held, &next)
    return kernel.scatter(held.codes, plan.arrangement)
  }
}

extension ContextHeld {
  /// Takes another state's contents in place.
  mutating func copy(_ other: ContextHeld) {
    rows.replaceSubrange(0..<rows.count, with: other.rows)
    weights.replaceSubrange(0..<weights.count, with: other.weights)
    skipRows.replaceSubrange(0..<skipRows.count, with: other.skipRows)
    codes.replaceSubrange(0..<codes.count, with: other.codes)
    expected.replaceSubrange(0..<expected.count, with: other.expected)
  }
}

extension SplitpipeError {
  private static func frame(_ problem: String) -> SplitpipeError {
    SplitpipeError(.badData, "cannot decode a frame of codec context: \(problem)")
  }

  fileprivate static func badFrame(_ problem: String) -> SplitpipeError {
    .frame("\(problem); the bytes are damaged or of other shapes or another bit depth")
  }

  fileprivate static func needsKeyFrame(_ tensors: [TensorDescription]) -> SplitpipeError {
    let shapes = tensors.map { "\"\($0.name)\" \($0.shape)" }.joined(separator: ", ")
    return .frame(
      "it holds changes of \(shapes) against a frame that is not held; a key frame is needed")
  }
}
