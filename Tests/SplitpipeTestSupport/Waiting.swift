/// Lets other tasks work until something is so; a test that hangs here is named by its time limit.
///
/// - Parameter condition: what is waited for.
/// - Throws: `CancellationError` when the time limit is over.
package func wait(_ condition: () throws -> Bool) async throws {
  while try !condition() {
    try Task.checkCancellation()
    await Task.yield()
  }
}
