import Crypto
import Foundation
import SplitpipeTestSupport
import SwiftASN1
import X509

/// Signs certificates for tests, in a folder of its own.
struct Authority {
  let folder: TemporaryFolder
  let key = P256.Signing.PrivateKey()
  private let name: DistinguishedName
  /// Its own certificate, PEM.
  let path: String

  /// A certificate and its key, PEM.
  struct Pair {
    let certificate: String
    let key: String
  }

  init(_ label: String = "authority") throws {
    folder = try TemporaryFolder()
    name = try DistinguishedName { CommonName(label) }
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(),
      publicKey: Certificate.PublicKey(key.publicKey), notValidBefore: .now - 86_400,
      notValidAfter: .now + 86_400, issuer: name, subject: name,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
      }, issuerPrivateKey: Certificate.PrivateKey(key))
    path = try folder.write("\(label).pem", certificate.serializeAsPEM().pemString)
  }

  /// Signs a certificate.
  ///
  /// - Parameters:
  ///   - label: what its files are called.
  ///   - names: what it speaks for.
  ///   - end: seconds from now until it is out of its time.
  /// - Returns: the files.
  /// - Throws: what signing and writing throw.
  func sign(_ label: String, _ names: [GeneralName], end: Double = 3600) throws -> Pair {
    let key = P256.Signing.PrivateKey()
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(),
      publicKey: Certificate.PublicKey(key.publicKey), notValidBefore: .now - 7200,
      notValidAfter: .now + end, issuer: name, subject: try DistinguishedName { CommonName(label) },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions { SubjectAlternativeNames(names) },
      issuerPrivateKey: Certificate.PrivateKey(self.key))
    return Pair(
      certificate: try folder.write("\(label).pem", certificate.serializeAsPEM().pemString),
      key: try folder.write("\(label).key", key.pemRepresentation))
  }

  /// For a server on this machine.
  func server(end: Double = 3600) throws -> Pair {
    try sign(
      "server",
      [.dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))], end: end)
  }

  /// For a camera; what is out of its time lies in files of its own.
  func camera(_ name: String, end: Double = 3600) throws -> Pair {
    try sign(
      end > 0 ? name : "\(name)-late", [.uniformResourceIdentifier("splitpipe://camera/\(name)")],
      end: end)
  }
}
