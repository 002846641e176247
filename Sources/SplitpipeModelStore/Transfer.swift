internal import CCurl
internal import Glibc
import SplitpipeCore

/// One request and its response, redirections followed, by libcurl on the calling thread.
///
/// The body is handed on as it arrives: whoever takes it slowly slows the sender down, and no more
/// than one buffer is held.
struct Transfer {
  /// Bytes of the buffer that received bytes pass through.
  private static let bufferBytes = 1 << 18

  let address: ModelAddress
  /// The first byte that is asked for.
  var offset = 0
  /// The value of `If-Range`.
  var ifRange: String?
  let settings: FetchSettings

  /// Runs to the end of the response.
  ///
  /// - Parameters:
  ///   - isStopped: asked at least once a second; true ends the transfer.
  ///   - body: gets the response's head and each piece of its body; what it throws ends the
  ///     transfer and is thrown on.
  /// - Returns: the response's head.
  /// - Throws: `TransferProblem` where the response does not arrive whole; `CancellationError`
  ///   where stopped.
  func run(
    isStopped: @escaping () -> Bool, body: @escaping (ResponseHeader, Span<UInt8>) throws -> Void
  ) throws -> ResponseHeader {
    _ = library
    let receiver = Receiver(
      isStopped: isStopped, body: body, stallTimeout: settings.stallTimeout)
    var handle = try CurlHandle(receiver)
    try handle.connect()
    try handle.set(CURLOPT_URL, address.text)
    // A redirection never leaves encryption, and never leads to a file of this machine.
    try handle.set(CURLOPT_PROTOCOLS_STR, "http,https,file")
    try handle.set(CURLOPT_REDIR_PROTOCOLS_STR, address.scheme == "http" ? "http,https" : "https")
    try handle.set(CURLOPT_FOLLOWLOCATION, 1)
    try handle.set(CURLOPT_MAXREDIRS, settings.maximumRedirections)
    try handle.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, settings.connectTimeout.inMilliseconds))
    try handle.set(CURLOPT_BUFFERSIZE, Self.bufferBytes)
    try handle.set(CURLOPT_USERAGENT, "splitpipe")
    if offset > 0 { try handle.set(CURLOPT_RANGE, "\(offset)-") }
    if let ifRange { try handle.setField("If-Range: \(ifRange)") }
    let status = handle.perform()
    if let failure = receiver.failure { throw failure }
    guard status == CURLE_OK else { throw TransferProblem(status, detail: handle.detail(status)) }
    return receiver.head
  }
}

/// libcurl, initialised once for the process.
private let library: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

extension Duration {
  fileprivate var inMilliseconds: Int {
    Int(clamping: components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}
