package import SplitpipeCore

/// `HOST:PORT` as users write it; an IPv6 address in brackets.
package struct Address: Hashable, Sendable, CustomStringConvertible {
  package let host: String
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads an address.
  ///
  /// - Parameters:
  ///   - text: as the user wrote it.
  ///   - option: what it was given to.
  /// - Returns: host and port, not looked up.
  /// - Throws: `usage`.
  package static func parse(_ text: String, option: String) throws(SplitpipeError) -> Address {
    guard let colon = text.lastIndex(of: ":"),
      let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
    else { throw .noAddress(text, option) }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard host.contains(":") else { throw .noAddress(text, option) }
    } else if host.contains(":") {
      throw .noAddress(text, option)
    }
    guard !host.isEmpty, host.allSatisfy({ !$0.isWhitespace && $0 != "/" && $0 != "@" }) else {
      throw .noAddress(text, option)
    }
    return Address(host: host, port: port)
  }

  /// Whether the host is written as an address of IPv6.
  package var isIPv6: Bool { host.contains(":") }

  /// Whether the host is written as an address of IPv4.
  package var isIPv4: Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }

  /// Whether it can be reached from this machine alone.
  package var isLoopback: Bool {
    host == "localhost" || host == "::1" || isIPv4 && host.hasPrefix("127.")
  }

  package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension SplitpipeError {
  fileprivate static func noAddress(_ text: String, _ option: String) -> SplitpipeError {
    SplitpipeError(
      .usage,
      "\(option) \"\(text)\" is no address; expected HOST:PORT, as in tail.example:7070 or [::1]:7070"
    )
  }
}
