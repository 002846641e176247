import SplitpipeConcurrency
package import Testing

/// Runs a suite on a thread of its own: tests of waiting never wait for the threads that tests of
/// computing hold, so that a time limit counts their own time only.
package struct OwnThreadTrait: SuiteTrait, TestScoping {
  package func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    // Around the suite as a whole: tasks made inside inherit the thread.
    test.isSuite && testCase == nil ? self : nil
  }

  @concurrent
  package func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let thread = try WorkThread()
    defer { thread.stop() }
    try await withTaskExecutorPreference(thread) { try await function() }
  }
}

extension Trait where Self == OwnThreadTrait {
  /// The suite runs on a thread of its own.
  package static var ownThread: Self { OwnThreadTrait() }
}
