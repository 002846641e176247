/// How patient a fetch is, and how much it takes.
package struct FetchSettings: Sendable, Equatable {
  /// The longest wait for a connection, encryption included.
  package var connectTimeout = Duration.seconds(20)
  /// The longest silence on a connection; noticed up to a second late.
  package var stallTimeout = Duration.seconds(30)
  /// The largest file that is taken; the largest official one has 174 MB.
  package var maximumBytes = 1 << 30
  /// Redirections followed; a release file has one.
  package var maximumRedirections = 10

  package init() {}
}
