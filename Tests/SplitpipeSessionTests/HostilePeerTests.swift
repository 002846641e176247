import Foundation
import SplitpipeCodec
import SplitpipeConcurrency
import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeTestSupport
import Testing

@testable import SplitpipeNetwork
@testable import SplitpipeSession

/// Whether Python has what a client of others needs.
private func hasPython(_ modules: String) -> Bool {
  let found = try? Program.run(
    "/usr/bin/env", ["python3", "-c", "import \(modules)"],
    in: FileManager.default.temporaryDirectory.path,
    environment: ProcessInfo.processInfo.environment)
  return found?.code == 0
}

/// Runs a script of `Client` to its end, on a thread of its own: it waits for a server whose tasks need the
/// shared ones.
private func script(_ name: String, _ arguments: [String]) async throws -> Program.Outcome {
  let thread = try WorkThread()
  defer { thread.stop() }
  return try await withTaskExecutorPreference(thread) {
    try await runScript(name, arguments)
  }
}

@concurrent
private func runScript(_ name: String, _ arguments: [String]) async throws -> Program.Outcome {
  try Program.run(
    "/usr/bin/env",
    ["python3", ProjectFolder.path("Tests/SplitpipeSessionTests/Client/\(name)")] + arguments,
    in: FileManager.default.temporaryDirectory.path,
    environment: ProcessInfo.processInfo.environment)
}

@Suite(OpenVINORuntime.needed, .serialized, .ownThread, .timeLimit(.minutes(2)))
struct `Peers that are not of this program` {
  @Test(
    .enabled(if: hasPython("grpc, grpc_tools"), "needs python3 with grpcio and grpcio-tools"),
    arguments: [("context", 4), ("rle", 3), ("raw", 32)])
  func `a client in Python sends packets and gets the same boxes`(
    codec: String, bits: Int
  ) async throws {
    let fixture = try SessionFixture()
    let coding = try coding(CodecName.parse(codec), bits)
    let frames = try (0..<20).map(fixture.frame)
    let authority = try Authority()
    let camera = try authority.camera("cam")
    var sender = try FrameSender(settings: coding.codec, fingerprint: fixture.edge.fingerprint)
    var packets: [[String: Any]] = []
    for frame in frames {
      let packet = try sender.send(frame.frontier, stamp: frame.stamp, sizes: frame.sizes).packet
      let path = authority.folder.file("packet-\(frame.stamp.index)")
      try Data(packet.serialized()).write(to: URL(fileURLWithPath: path))
      packets.append([
        "file": path, "sequence": Int(packet.sequence), "index": frame.stamp.index,
        "key": packet.dependency == .key,
      ])
    }
    let hello: [String: Any] = [
      "protocol": 1, "camera": "cam", "session": String(repeating: "ab", count: 16), "epoch": 1,
      "fingerprint": fixture.edge.fingerprint.value, "split": "4.m",
      "crossing": try fixture.edge.crossing(at: fixture.sizes.input).map(\.shape.dimensions),
      "packet_version": Int(Packet.version), "codec": Int(coding.codec.codec.wireIdentifier),
      "bits": bits, "source_width": 640, "source_height": 360,
      "input_width": fixture.sizes.input.width, "input_height": fixture.sizes.input.height,
      "delivery": "EVERY_FRAME",
      "boxes": [
        "confidence": 0.001, "overlap": 0.6, "multi_label": true, "max_candidates": 30_000,
        "max_boxes": 300,
      ],
    ]
    let template: [String: Any] = [
      "proto": ProjectFolder.path("Sources/SplitpipeProtocol/splitpipe.proto"), "hello": hello,
      "packets": packets, "ca": authority.path, "certificate": camera.certificate,
      "key": camera.key,
    ]
    let text = try JSONSerialization.data(withJSONObject: template)
    let folder = authority.folder
    let outcome = try await withServer(
      fixture.tailServer(), security(authority, clients: authority)
    ) { address in
      var about = try JSONSerialization.jsonObject(with: text) as? [String: Any] ?? [:]
      about["server"] = "localhost:\(address.port)"
      let path = folder.file("about.json")
      try JSONSerialization.data(withJSONObject: about).write(to: URL(fileURLWithPath: path))
      return try await script("edge.py", [path])
    }
    #expect(outcome.code == 0, "\(outcome.errors)")
    let expected = try frames.map { frame in
      let boxes = try fixture.expected(frame, coding).map { detection in
        let box = detection.box
        return
          ([String(detection.classIndex)]
          + [box.x1, box.y1, box.x2, box.y2, detection.confidence].map {
            String(format: "%08x", $0.bitPattern)
          }).joined(separator: " ")
      }
      return ([String(frame.stamp.index)] + boxes).joined(separator: ";")
    }
    #expect(outcome.output.split(separator: "\n").map(String.init) == expected)
  }

  @Test(
    .enabled(if: hasPython("h2.connection"), "needs python3 with h2"),
    arguments: [
      ("tls12", "refused"), ("dribble", "closed"), ("silent", "status 4"), ("gigabyte", "reset"),
      ("garbage", "status"), ("large", "reset"),
    ])
  func `are refused in time, and others do not notice`(
    misdeed: String, outcome: String
  ) async throws {
    let fixture = try SessionFixture()
    let coding = try coding(.rle, 3)
    let frames = try (0..<6).map(fixture.frame)
    let authority = try Authority()
    let camera = try authority.camera("cam")
    let other = client(authority, try authority.camera("other"))
    var limits = ServerLimits()
    limits.handshake = .seconds(2)
    let server = try fixture.tailServer(limits)
    let found = try await withServer(server, security(authority, clients: authority)) { address in
      async let answered = sessionOverGRPC(
        fixture, address, other, camera: "other", frames: frames, coding: coding)
      let found = try await script(
        "hostile.py",
        [
          misdeed, address.host, "\(address.port)", authority.path, camera.certificate, camera.key,
        ])
      #expect(try await answered.allSatisfy { $0.boxes != nil })
      return found
    }
    #expect(found.code == 0, "\(found.errors)")
    #expect(found.output.hasPrefix(outcome), "\(misdeed): \(found.output)")
    let seconds = try #require(
      found.output.split(whereSeparator: \.isWhitespace).last.flatMap { Double($0) })
    #expect(seconds < 20, "\(found.output)")
  }
}
