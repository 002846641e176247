/// A named, typed place in a frame record; the stage that fills it and the stages that read it
/// share one constant. Two slots of one name are the same place.
package struct Slot<Value: Sendable>: SlotKey, Hashable {
  /// What error messages call it.
  package let name: String

  /// A slot called `name`.
  package init(_ name: String) { self.name = name }
}

/// A slot whose type of value is not known here.
package protocol SlotKey: Sendable {
  /// What error messages call it.
  var name: String { get }
}

/// Slots of any types, written as a list of their constants.
package struct SlotSet: ExpressibleByArrayLiteral, Hashable, Sendable {
  private(set) var names: Set<String> = []

  /// The slots listed.
  package init(arrayLiteral slots: any SlotKey...) { names = Set(slots.map(\.name)) }

  /// Whether the slot is among them.
  func contains(_ slot: some SlotKey) -> Bool { names.contains(slot.name) }

  /// Adds the slots of another set.
  mutating func formUnion(_ other: SlotSet) { names.formUnion(other.names) }

  /// The slots of either set.
  func union(_ other: SlotSet) -> SlotSet {
    var both = self
    both.formUnion(other)
    return both
  }

  /// The slots of both sets.
  func intersection(_ other: SlotSet) -> SlotSet {
    var both = self
    both.names.formIntersection(other.names)
    return both
  }
}
