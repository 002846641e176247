import Foundation

/// What this process holds at this moment.
package struct ProcessCensus: Sendable, Equatable {
  /// Threads, by the system's numbers.
  package let threads: Set<String>
  /// Open descriptors with what they lead to.
  package let descriptors: [String: String]

  /// Counts.
  package init() throws {
    let files = FileManager.default
    threads = Set(try files.contentsOfDirectory(atPath: "/proc/self/task"))
    let numbers = try files.contentsOfDirectory(atPath: "/proc/self/fd")
    // One of them was open only for the listing.
    descriptors = numbers.reduce(into: [:]) { open, number in
      open[number] = try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + number)
    }
  }
}
