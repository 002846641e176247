import Testing

extension Trait where Self == TimeLimitTrait {
  /// Names a test that hangs. All tests share a thread per core, and what a test waits for others
  /// counts, so the limit is far from what its work takes.
  static var namesHangs: Self { .timeLimit(.minutes(40)) }
}
