/// Why a stream is refused or ended: a class that both sides act on, and a sentence for people.
package struct SessionProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// The classes, named as the statuses of gRPC that carry them.
  package enum Code: Sendable, Equatable {
    /// Who the sender is was not shown, or is no longer valid.
    case unauthenticated
    /// The sender is known, and is not the camera it says it is.
    case permissionDenied
    /// Another model, split or shape of tensors than the server's.
    case failedPrecondition
    /// The server has no room, or the sender goes beyond a limit.
    case resourceExhausted
    /// The server is stopping, or is not reached.
    case unavailable
    /// The messages are not those of the protocol.
    case invalidArgument
    /// Another stream of the same camera has taken over.
    case aborted
    /// Nothing came for too long.
    case deadlineExceeded
    /// A fault of the server's own.
    case internalError
  }

  package let code: Code
  package let text: String
  /// When it is worth trying again; nil where the sender is to decide.
  package let retryAfter: Duration?

  package init(_ code: Code, _ text: String, retryAfter: Duration? = nil) {
    self.code = code
    self.text = text
    self.retryAfter = retryAfter
  }

  package var description: String { text }

  /// Whether trying again, unchanged, can help.
  package var isPassing: Bool {
    switch code {
    case .unavailable, .resourceExhausted, .deadlineExceeded, .internalError: true
    case .unauthenticated, .permissionDenied, .failedPrecondition, .invalidArgument, .aborted: false
    }
  }
}
