/// What went wrong, in words a user can act on, with the exit code a script can act on.
///
/// One type serves every target: what a caller needs is the kind (it decides the exit code) and
/// the sentence; each target adds named factories beside the code that throws them.
public struct SplitpipeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The class of a failure; its raw value is the process exit code (BSD sysexits).
  public enum Kind: Int32, Sendable {
    /// Wrong usage: an unknown name or a value out of range.
    case usage = 64
    /// The input exists but what it holds is not valid.
    case badData = 65
    /// The input does not exist or cannot be read.
    case missingInput = 66
    /// Something outside this process that is needed is not there.
    case unavailable = 69
    /// A broken promise inside splitpipe.
    case bug = 70
    /// An output cannot be created or written.
    case cannotWrite = 73
    /// Stopped by the user.
    case interrupted = 130
  }

  /// The class of the failure.
  public var kind: Kind
  /// What was attempted, on which input (quoted), expected against found, what to do.
  public var message: String

  /// Makes a failure of its kind and sentence.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// The message.
  public var description: String { message }

  /// The same failure with the input it belongs to in front, for code that knows bytes but no file.
  public func about(_ input: String) -> SplitpipeError {
    SplitpipeError(kind, "\(input): \(message)")
  }
}
