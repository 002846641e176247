/// Values by key, of which those used last are kept.
///
/// It is meant for a handful of values that are costly to make: finding one looks at all of them.
package struct RecentlyUsed<Key: Equatable, Value> {
  /// The one used last comes last.
  private var entries: [(key: Key, value: Value)] = []
  private let capacity: Int

  /// - Parameter capacity: values kept at most; at least 1.
  package init(capacity: Int) {
    precondition(capacity > 0, "a cache keeps at least one value")
    self.capacity = capacity
  }

  /// Uses a value, which it may change.
  ///
  /// - Parameters:
  ///   - key: names the value.
  ///   - make: makes it where it is not kept; the one whose use lies furthest back makes room.
  ///   - use: gets the value.
  /// - Returns: what `use` returns.
  /// - Throws: what `make` throws, which changes nothing, and what `use` throws.
  package mutating func use<Result>(
    _ key: Key, make: () throws -> Value, _ use: (inout Value) throws -> Result
  ) rethrows -> Result {
    if let index = entries.firstIndex(where: { $0.key == key }) {
      if index != entries.count - 1 { entries.append(entries.remove(at: index)) }
    } else {
      let value = try make()
      if entries.count >= capacity { entries.removeFirst() }
      entries.append((key, value))
    }
    return try use(&entries[entries.count - 1].value)
  }

  /// The value of a key.
  ///
  /// - Parameters:
  ///   - key: names the value.
  ///   - make: makes it where it is not kept; the one whose use lies furthest back makes room.
  /// - Returns: the value.
  /// - Throws: what `make` throws, which changes nothing.
  package mutating func value(of key: Key, make: () throws -> Value) rethrows -> Value {
    try use(key, make: make) { $0 }
  }
}

extension RecentlyUsed: Sendable where Key: Sendable, Value: Sendable {}
