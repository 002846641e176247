/// What one stage has declared to do with slots.
struct SlotAccess: Sendable {
  let stage: String
  let reads: SlotSet
  let writes: SlotSet

  /// What a stage type declares.
  init(_ type: any StageDeclaration.Type) {
    stage = type.name
    reads = type.reads.union(type.uses)
    writes = type.writes
  }

  /// Whether the slot may be read; traps in debug builds if not.
  func allowsReading(_ slot: some SlotKey) -> Bool {
    if reads.contains(slot) { return true }
    assertionFailure(
      "stage \"\(stage)\" reads the slot \"\(slot.name)\", "
        + "which it declares neither in reads nor in uses")
    return false
  }

  /// Whether the slot may be written; traps in debug builds if not.
  func allowsWriting(_ slot: String) -> Bool {
    if writes.names.contains(slot) { return true }
    assertionFailure(
      "stage \"\(stage)\" writes the slot \"\(slot)\", which it does not declare in writes")
    return false
  }
}
