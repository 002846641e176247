internal import CCurl

/// Why a transfer ended before its body did.
struct TransferProblem: Error, Equatable {
  enum Kind: Equatable, Sendable {
    /// The host's or proxy's name is not known.
    case unresolved
    /// No connection could be made.
    case unreachable
    /// The other side was silent for too long.
    case silent
    /// Encryption could not be agreed on.
    case insecure
    /// The connection ended early.
    case cut
    /// There is no such local file.
    case noFile
    case other
  }

  var kind: Kind
  /// libcurl's own words.
  var detail: String

  init(_ kind: Kind, _ detail: String) {
    self.kind = kind
    self.detail = detail
  }

  /// Translates a status that is not `CURLE_OK`.
  init(_ status: CURLcode, detail: String) {
    self.detail = detail
    switch status {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: kind = .unresolved
    case CURLE_COULDNT_CONNECT: kind = .unreachable
    case CURLE_OPERATION_TIMEDOUT: kind = .silent
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR:
      kind = .insecure
    case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2,
      CURLE_HTTP2_STREAM:
      kind = .cut
    case CURLE_FILE_COULDNT_READ_FILE: kind = .noFile
    default: kind = .other
    }
  }
}
