internal import Synchronization

/// State that several tasks share, some of which wait for it to become something.
///
/// A condition is looked at again after every change, under the same lock, so none is missed. Meant for
/// a handful of waiting tasks: each change wakes all of them.
package final class Monitor<State: Sendable>: Sendable {
  private struct Guarded: Sendable {
    var state: State
    var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
    var nextTicket = 0
  }

  private let guarded: Mutex<Guarded>

  /// Starts with a state that nobody waits for.
  package init(_ state: State) { guarded = Mutex(Guarded(state: state)) }

  /// Changes the state and lets everyone who waits look at it.
  ///
  /// - Parameter body: must not call the monitor.
  /// - Returns: what the body returns.
  /// - Throws: what the body throws; those who wait look at the state nevertheless.
  package func change<Result: Sendable, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { wake() }
    return try guarded.withLock { guarded throws(Failure) in try body(&guarded.state) }
  }

  /// Looks at the state without changing it.
  ///
  /// - Parameter body: must not call the monitor.
  /// - Returns: what the body returns.
  package func look<Result: Sendable>(_ body: (State) -> Result) -> Result {
    guarded.withLock { body($0.state) }
  }

  /// Waits until the body has an answer. It may change the state when it gives one.
  ///
  /// - Parameter body: nil to go on waiting; must not call the monitor.
  /// - Returns: the answer.
  /// - Throws: what the body throws; `CancellationError`.
  package func when<Result: Sendable>(
    _ body: @Sendable (inout State) throws -> Result?
  ) async throws -> Result {
    while true {
      try Task.checkCancellation()
      // Whoever looks first says where it stands; a change after that finds it waiting.
      let (answer, ticket): (Result?, Int) = try guarded.withLock { guarded in
        guarded.nextTicket += 1
        return (try body(&guarded.state), guarded.nextTicket)
      }
      if let answer {
        wake()
        return answer
      }
      if let answer = try await wait(ticket, body) { return answer }
    }
  }

  /// Calls that wait at this moment.
  package var waiting: Int { guarded.withLock { $0.waiting.count } }

  /// Waits for a change, unless there has been one that the body has an answer to.
  private func wait<Result: Sendable>(
    _ ticket: Int, _ body: @Sendable (inout State) throws -> Result?
  ) async throws -> Result? {
    let found = Mutex<Result?>(nil)
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let now: Swift.Result<Bool, any Error> = Swift.Result {
          try guarded.withLock { guarded in
            // A cancellation from here on finds the call waiting.
            try Task.checkCancellation()
            if let answer = try body(&guarded.state) {
              found.withLock { $0 = answer }
              return true
            }
            guarded.waiting[ticket] = continuation
            return false
          }
        }
        switch now {
        case .success(true):
          wake()
          continuation.resume()
        case .success(false): break
        case .failure(let error): continuation.resume(throwing: error)
        }
      }
    } onCancel: {
      guarded.withLock { $0.waiting.removeValue(forKey: ticket) }?
        .resume(throwing: CancellationError())
    }
    return found.withLock { $0 }
  }

  private func wake() {
    let waiting = guarded.withLock { guarded in
      defer { guarded.waiting = [:] }
      return guarded.waiting
    }
    for continuation in waiting.values { continuation.resume() }
  }
}
