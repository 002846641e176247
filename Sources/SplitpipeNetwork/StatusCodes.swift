import GRPCCore
import SplitpipeSession

extension SessionProblem {
  /// The metadata that says when to try again, in milliseconds.
  static let retryKey = "retry-after-ms"

  /// As a status of gRPC.
  var status: RPCError {
    var metadata = Metadata()
    if let retryAfter { metadata.addString("\(retryAfter.milliseconds)", forKey: Self.retryKey) }
    return RPCError(code: code.status, message: text, metadata: metadata)
  }

  /// What a status says.
  init(_ error: RPCError) {
    let wait = error.metadata[stringValues: Self.retryKey].first { _ in true }
      .flatMap { Int64($0) }.map { Duration.milliseconds(max(0, min($0, 600_000))) }
    var text = error.message
    if let cause = error.cause {
      let reason = "\(cause)"
      text +=
        reason.contains("failedToValidateHostname")
        ? " (its certificate is for another name than it was reached by; use a name or address of the "
          + "certificate, or make one for this address)" : " (\(reason))"
    }
    self.init(Code(error.code), text, retryAfter: wait)
  }
}

extension SessionProblem.Code {
  fileprivate var status: RPCError.Code {
    switch self {
    case .unauthenticated: .unauthenticated
    case .permissionDenied: .permissionDenied
    case .failedPrecondition: .failedPrecondition
    case .resourceExhausted: .resourceExhausted
    case .unavailable: .unavailable
    case .invalidArgument: .invalidArgument
    case .aborted: .aborted
    case .deadlineExceeded: .deadlineExceeded
    case .internalError: .internalError
    }
  }

  fileprivate init(_ status: RPCError.Code) {
    switch status {
    case .unauthenticated: self = .unauthenticated
    case .permissionDenied: self = .permissionDenied
    case .failedPrecondition, .unimplemented: self = .failedPrecondition
    case .resourceExhausted: self = .resourceExhausted
    case .invalidArgument: self = .invalidArgument
    case .aborted: self = .aborted
    case .deadlineExceeded: self = .deadlineExceeded
    case .internalError: self = .internalError
    default: self = .unavailable
    }
  }
}
