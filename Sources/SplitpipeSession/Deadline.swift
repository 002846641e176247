/// Runs a body that has to be done within a time.
///
/// - Parameters:
///   - limit: the time it has.
///   - problem: what it means that it took longer.
///   - body: cancelled when the time is over.
/// - Returns: what the body returns.
/// - Throws: what the body throws; the problem.
package func within<Result: Sendable>(
  _ limit: Duration, orThrow problem: SessionProblem,
  _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let result = first else { throw problem }
    return result
  }
}
