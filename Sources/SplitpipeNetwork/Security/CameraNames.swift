import NIOSSL
import SplitpipeSession
import SwiftASN1
import X509

/// The cameras that a certificate speaks for: its subject alternative names `URI:splitpipe://camera/NAME`.
struct CameraNames: Sendable {
  let names: Set<CameraName>
  static let scheme = "splitpipe://camera/"

  private init(names: Set<CameraName>) { self.names = names }

  init(_ certificate: Certificate) {
    var names: Set<CameraName> = []
    for case .uniformResourceIdentifier(let address)
      in (try? certificate.extensions.subjectAlternativeNames) ?? SubjectAlternativeNames([])
    where address.hasPrefix(Self.scheme) {
      if let name = CameraName(String(address.dropFirst(Self.scheme.count))) { names.insert(name) }
    }
    self.names = names
  }

  /// Of a certificate in the hands of the TLS library.
  init(_ certificate: NIOSSLCertificate) {
    let bytes = (try? certificate.toDERBytes()) ?? []
    guard let certificate = try? Certificate(derEncoded: bytes) else {
      self.init(names: [])
      return
    }
    self.init(certificate)
  }
}
