package import SplitpipeCore

/// A named, typed place in a frame record; the stage that fills it and the stages that read it
/// share one constant.
package struct Slot<Value: Sendable>: Sendable {
  package let name: String

  package init(_ name: String) { self.name = name }
}

/// All that is known of one frame while it travels through the stages.
///
/// A stage sees the slots it declares; a slot that no later stage reads is dropped before the
/// record moves on, so that pixels and tensors do not outlive their use.
package struct FrameRecord: Sendable {
  package let stamp: FrameStamp
  private var values: [String: any Sendable] = [:]

  package init(stamp: FrameStamp) { self.stamp = stamp }

  package subscript<Value>(slot: Slot<Value>) -> Value? {
    get { values[slot.name] as? Value }
    set { values[slot.name] = newValue }
  }

  /// The value of a slot that the validated plan says is filled.
  ///
  /// - Throws: `bug` if it is not.
  package func require<Value>(_ slot: Slot<Value>) throws -> Value {
    guard let value = self[slot] else {
      throw SplitpipeError(.bug, "frame \(stamp.index) arrived without its \(slot.name)")
    }
    return value
  }

  /// The record with only the named slots.
  func keeping(_ names: Set<String>) -> FrameRecord {
    var kept = self
    kept.values = values.filter { names.contains($0.key) }
    return kept
  }

  /// Takes over the slots of the same frame's record from another branch.
  mutating func merge(_ other: FrameRecord) {
    values.merge(other.values) { mine, _ in mine }
  }
}
