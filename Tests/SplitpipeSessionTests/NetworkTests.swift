import Crypto
import Foundation
import JWTKit
import NIOSSL
import SplitpipeCodec
import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeTestSupport
import Testing
import X509

@testable import SplitpipeNetwork
@testable import SplitpipeSession

/// A server on loopback while a body runs.
func withServer<Result: Sendable>(
  _ tail: TailServer, _ security: ServerSecurity,
  _ body: @escaping @Sendable (Address) async throws -> Result
) async throws -> Result {
  let host = try await GRPCHost(
    tail, address: Address(host: "127.0.0.1", port: 0), security: security, log: { _ in })
  let listening = Monitor<Address?>(nil)
  let isDone = Monitor(false)
  return try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask {
      try await host.run { address in
        listening.change { $0 = address }
      } until: {
        _ = try await isDone.when { $0 ? true : nil }
      }
      return nil
    }
    group.addTask {
      let address = try await listening.when { $0 }
      defer { isDone.change { $0 = true } }
      return try await body(address)
    }
    var found: Result?
    while let result = try await group.next() { found = result ?? found }
    return try #require(found)
  }
}

func security(
  _ authority: Authority, clients: Authority? = nil, tokenFile: String? = nil,
  tokenKey: String? = nil
) throws -> ServerSecurity {
  let pair = try authority.server()
  var security = ServerSecurity()
  security.certificate = pair.certificate
  security.key = pair.key
  security.clientAuthority = clients?.path
  security.tokenFile = tokenFile
  security.tokenKey = tokenKey
  return security
}

func client(_ authority: Authority, _ pair: Authority.Pair? = nil) -> ClientSecurity {
  var security = ClientSecurity()
  security.authority = authority.path
  security.certificate = pair?.certificate
  security.key = pair?.key
  return security
}

/// Sends frames as a camera, and gives the boxes or what the server has against it.
func sessionOverGRPC(
  _ fixture: SessionFixture, _ address: Address, _ security: ClientSecurity,
  camera: String = "cam", frames: [OutgoingFrame], coding: CodingSettings
) async throws -> [RemoteAnswer] {
  let transport = GRPCTransport(address, security: security, note: { _ in })
  var settings = try fixture.settings(coding)
  settings.camera = try CameraName.parse(camera)
  return try await answers(
    to: frames, from: RemoteTail(fixture.edge, settings: settings, transport: transport))
}

@Suite(OpenVINORuntime.needed, .serialized, .ownThread, .timeLimit(.minutes(3)))
struct `A session over gRPC` {
  @Test func `with client certificates gives the boxes of one process`() async throws {
    let fixture = try SessionFixture()
    let coding = try coding(.context, 4)
    let frames = try (0..<12).map(fixture.frame)
    let authority = try Authority()
    let server = try fixture.tailServer()
    let camera = try authority.camera("cam")
    let security = try security(authority, clients: authority)
    let found = try await withServer(server, security) { address in
      try await sessionOverGRPC(
        fixture, address, client(authority, camera), frames: frames, coding: coding)
    }
    #expect(found.map(\.stamp) == frames.map(\.stamp))
    for (frame, answer) in zip(frames, found) {
      #expect(answer.boxes == (try fixture.expected(frame, coding)))
    }
  }

  enum Wrong: String, CaseIterable, Sendable {
    case none, otherAuthority, expired, otherCamera, withoutName, serverOfOtherAuthority
  }

  @Test(arguments: Wrong.allCases)
  func `without the right certificate is refused, and nobody else notices`(
    wrong: Wrong
  ) async throws {
    let fixture = try SessionFixture()
    let coding = try coding(.rle, 3)
    let frames = try (0..<6).map(fixture.frame)
    let authority = try Authority()
    let other = try Authority("other")
    let server = try fixture.tailServer()
    let good = client(authority, try authority.camera("cam"))
    let bad =
      switch wrong {
      case .none: client(authority)
      case .otherAuthority: client(authority, try other.camera("cam"))
      case .expired: client(authority, try authority.camera("cam", end: -60))
      case .otherCamera: client(authority, try authority.camera("cam2"))
      case .withoutName: client(authority, try authority.sign("nameless", [.dnsName("cam")]))
      case .serverOfOtherAuthority: client(other, try authority.camera("cam"))
      }
    let security = try security(authority, clients: authority)
    let found = try await withServer(server, security) { address in
      async let wanted = sessionOverGRPC(fixture, address, good, frames: frames, coding: coding)
      let error = await #expect(throws: SplitpipeError.self) {
        _ = try await sessionOverGRPC(fixture, address, bad, frames: frames, coding: coding)
      }
      #expect(error?.kind == .unavailable, "\(error?.message ?? "")")
      return try await wanted
    }
    #expect(found.allSatisfy { $0.boxes != nil })
  }

  @Test func `with a hashed token is taken, and with another is not`() async throws {
    let fixture = try SessionFixture()
    let coding = try coding(.rle, 3)
    let frames = try (0..<3).map(fixture.frame)
    let authority = try Authority()
    let server = try fixture.tailServer()
    let hash = SHA256.hash(data: Array("a token of cam".utf8.filter { $0 != 32 }))
      .map { String(format: "%02x", $0) }.joined()
    let hashes = try authority.folder.write("tokens", "# cameras\ncam \(hash)\n")
    var good = client(authority)
    good.tokenFile = try authority.folder.write("good", "atokenofcam\n")
    var bad = client(authority)
    bad.tokenFile = try authority.folder.write("bad", "anothertoken\n")
    let security = try security(authority, tokenFile: hashes)
    let (right, wrong) = (good, bad)
    try await withServer(server, security) { address in
      let found = try await sessionOverGRPC(fixture, address, right, frames: frames, coding: coding)
      #expect(found.allSatisfy { $0.boxes != nil })
      for security in [wrong, client(authority)] {
        let error = await #expect(throws: SplitpipeError.self) {
          _ = try await sessionOverGRPC(fixture, address, security, frames: frames, coding: coding)
        }
        #expect(error?.message.contains("token") == true, "\(error?.message ?? "")")
      }
    }
  }

  private struct Claims: JWTPayload {
    let sub: SubjectClaim
    let exp: ExpirationClaim
    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  @Test func `with a signed token is taken until that expires`() async throws {
    let fixture = try SessionFixture()
    let coding = try coding(.rle, 3)
    let frames = try (0..<3).map(fixture.frame)
    let authority = try Authority()
    let server = try fixture.tailServer()
    let signer = ES256PrivateKey()
    let stranger = ES256PrivateKey()
    let publicKey = try authority.folder.write("public.pem", signer.publicKey.pemRepresentation)
    func token(_ key: ES256PrivateKey, _ camera: String, _ end: Double) async throws -> String {
      try await JWTKeyCollection().add(ecdsa: key).sign(
        Claims(sub: SubjectClaim(value: camera), exp: ExpirationClaim(value: .now + end)))
    }
    let tokens = [
      ("good", try await token(signer, "cam", 600), nil),
      ("expired", try await token(signer, "cam", -5), "expired"),
      ("stranger", try await token(stranger, "cam", 600), "not signed by the key"),
      ("other", try await token(signer, "cam2", 600), "do not speak for the camera"),
      ("text", "no.web.token", "no JSON Web Token"),
    ]
    let security = try security(authority, tokenKey: publicKey)
    try await withServer(server, security) { address in
      for (name, token, complaint) in tokens {
        var security = client(authority)
        security.tokenFile = try authority.folder.write(name, token)
        guard let complaint else {
          let found = try await sessionOverGRPC(
            fixture, address, security, frames: frames, coding: coding)
          #expect(found.allSatisfy { $0.boxes != nil })
          continue
        }
        let shown = security
        let error = await #expect(throws: SplitpipeError.self) {
          _ = try await sessionOverGRPC(fixture, address, shown, frames: frames, coding: coding)
        }
        #expect(error?.message.contains(complaint) == true, "\(name): \(error?.message ?? "")")
      }
    }
  }

  @Test func `takes new keys from its files without a restart`() async throws {
    let fixture = try SessionFixture()
    let coding = try coding(.rle, 3)
    let frames = try (0..<2).map(fixture.frame)
    let authority = try Authority()
    let server = try fixture.tailServer()
    let camera = client(authority, try authority.camera("cam"))
    let security = try security(authority, clients: authority)
    // A certificate that is out of its time at first.
    _ = try authority.server(end: -60)
    try await withServer(server, security) { address in
      await #expect(throws: SplitpipeError.self) {
        _ = try await sessionOverGRPC(fixture, address, camera, frames: frames, coding: coding)
      }
      _ = try authority.server()
      try await Task.sleep(for: .milliseconds(1100))
      let found = try await sessionOverGRPC(
        fixture, address, camera, frames: frames, coding: coding)
      #expect(found.allSatisfy { $0.boxes != nil })
    }
  }
}
