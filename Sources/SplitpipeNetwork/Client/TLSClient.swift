import NIOSSL

/// Encrypts the edge's end of a connection.
struct TLSClient: Sendable {
  let context: NIOSSLContext
  let address: Address

  /// - Throws: what the TLS library says of a host name that is none.
  func handler() throws -> NIOSSLClientHandler {
    // An address is verified against the addresses of the certificate; it is no name to ask for.
    let isAddress = address.isIPv4 || address.isIPv6
    return try NIOSSLClientHandler(
      context: context, serverHostname: isAddress ? nil : address.host)
  }
}
