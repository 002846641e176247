import Foundation
import Synchronization

/// A small HTTP/1.1 server on the loopback interface that answers as a test tells it to, one
/// connection after the other.
package final class LoopbackServer: Sendable {
  /// What a client asked.
  package struct Request: Sendable {
    package let method: String
    package let path: String
    /// Names in lower case.
    package let fields: [String: String]

    /// The first byte asked for; nil where the whole is asked for.
    package var firstByte: Int? {
      guard let range = fields["range"], range.hasPrefix("bytes="), range.hasSuffix("-") else {
        return nil
      }
      return Int(range.dropFirst(6).dropLast())
    }
  }

  /// What the server answers.
  package struct Reply: Sendable {
    package var status = 200
    package var fields: [String: String] = [:]
    package var body: [UInt8] = []
    /// Bytes of the body after which the connection is cut or, where `stalls`, falls silent.
    package var sent: Int?
    package var stalls = false
    /// Announces the length of the body.
    package var announcesLength = true
    /// Sent in place of everything else.
    package var raw: [UInt8]?

    package init(status: Int = 200, fields: [String: String] = [:], body: [UInt8] = []) {
      self.status = status
      self.fields = fields
      self.body = body
    }
  }

  package let port: Int
  private let listener: Int32
  private let log = Mutex<[Request]>([])
  private let isClosed = Atomic<Bool>(false)

  /// Starts to listen on a free port.
  package init(_ answer: @escaping @Sendable (Request) -> Reply) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isOpen = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(listener, pointer, length) == 0 && listen(listener, 8) == 0
          && getsockname(listener, pointer, &length) == 0
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    guard isOpen else { throw POSIXError(.EADDRNOTAVAIL) }
    let thread = Thread { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0, let server = self, !server.isClosed.load(ordering: .relaxed) else {
          if connection >= 0 { close(connection) }
          break
        }
        server.serve(connection, answer)
        close(connection)
      }
      close(listener)
    }
    thread.start()
  }

  deinit {
    isClosed.store(true, ordering: .relaxed)
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// The server's address, followed by a path.
  package func address(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

  /// Every request so far.
  package var requests: [Request] { log.withLock { $0 } }

  private func serve(_ connection: Int32, _ answer: (Request) -> Reply) {
    guard let request = receive(connection) else { return }
    log.withLock { $0.append(request) }
    let reply = answer(request)
    if let raw = reply.raw {
      _ = send(raw, on: connection)
      return
    }
    var head = "HTTP/1.1 \(reply.status) Test\r\nConnection: close\r\n"
    if reply.announcesLength { head += "Content-Length: \(reply.body.count)\r\n" }
    for (name, value) in reply.fields { head += "\(name): \(value)\r\n" }
    guard send(Array((head + "\r\n").utf8), on: connection),
      send(Array(reply.body.prefix(reply.sent ?? .max)), on: connection)
    else { return }
    // The client ends a silent connection.
    var byte: UInt8 = 0
    if reply.stalls { while unsafe recv(connection, &byte, 1, 0) > 0 {} }
  }

  private func receive(_ connection: Int32) -> Request? {
    var text = ""
    while !text.hasSuffix("\r\n\r\n") {
      var byte: UInt8 = 0
      guard unsafe recv(connection, &byte, 1, 0) == 1, text.utf8.count < 1 << 16 else { return nil }
      // A client that begins to encrypt would wait for ever.
      guard !text.isEmpty || byte >= UInt8(ascii: "A") else { return nil }
      text.unicodeScalars.append(Unicode.Scalar(byte))
    }
    let lines = text.components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      fields[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    return Request(method: words[0], path: words[1], fields: fields)
  }

  private func send(_ bytes: [UInt8], on connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.send(connection, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }
}

extension LoopbackServer {
  /// Answers a request for a file as a good server does: the part asked for, if `If-Range` allows.
  package static func file(
    _ bytes: [UInt8], entityTag: String? = nil, for request: Request
  ) -> Reply {
    var reply = Reply(fields: ["Accept-Ranges": "bytes"], body: bytes)
    if let entityTag { reply.fields["ETag"] = entityTag }
    guard let first = request.firstByte else { return reply }
    if let condition = request.fields["if-range"], condition != entityTag { return reply }
    guard first < bytes.count else {
      reply.status = 416
      reply.fields["Content-Range"] = "bytes */\(bytes.count)"
      reply.body = []
      return reply
    }
    reply.status = 206
    reply.fields["Content-Range"] = "bytes \(first)-\(bytes.count - 1)/\(bytes.count)"
    reply.body = Array(bytes[first...])
    return reply
  }
}
