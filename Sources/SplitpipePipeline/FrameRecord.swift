package import SplitpipeCore

/// All that is known of one frame while it travels through the stages.
///
/// A stage sees the slots it declares and fills the slots it declares; anything else traps in debug
/// builds and has no effect in others. A slot that no later stage reads is dropped before the record
/// moves on, so that pixels and tensors do not outlive their use.
package struct FrameRecord: Sendable {
  /// Which frame this is.
  package let stamp: FrameStamp
  /// What each stage took for the frame, in the plan's order; empty until every stage has seen it.
  package internal(set) var durations: [(stage: String, time: Duration)] = []
  private var values: [String: any Sendable] = [:]
  /// What the stage that holds the record has declared; nil outside a run.
  private var access: SlotAccess?

  /// A record with nothing in it yet.
  package init(stamp: FrameStamp) { self.stamp = stamp }

  /// The value in a slot; nil where none is.
  package subscript<Value>(slot: Slot<Value>) -> Value? {
    get {
      guard access?.allowsReading(slot) ?? true else { return nil }
      return values[slot.name] as? Value
    }
    set {
      guard access?.allowsWriting(slot.name) ?? true else { return }
      values[slot.name] = newValue
    }
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

  /// The record with only those slots.
  func keeping(_ slots: SlotSet) -> FrameRecord {
    var kept = self
    kept.values = values.filter { slots.names.contains($0.key) }
    return kept
  }

  /// Takes over the slots of the same frame's record from elsewhere, where this one has none.
  mutating func merge(_ other: FrameRecord) {
    values.merge(other.values) { mine, _ in mine }
  }

  /// Takes over those slots of the same frame's record from a later stage.
  mutating func take(_ slots: SlotSet, from other: FrameRecord) {
    for name in slots.names { values[name] = other.values[name] }
  }

  /// Hands the record to a stage, which may do what it has declared.
  mutating func enter(_ access: SlotAccess) { self.access = access }

  /// Takes the record from its stage.
  mutating func leave() { access = nil }

  /// Checks and drops what a source filled without declaring it.
  mutating func filled(by source: SlotAccess) {
    values = values.filter { source.allowsWriting($0.key) }
  }
}
