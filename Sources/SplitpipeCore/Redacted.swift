/// An address with the credentials in it left out, for errors, notes, tables and reports.
///
/// What stands before the `@` of its host (`rtsp://user:password@host`) becomes `***`, and so does the
/// value of every parameter whose name speaks of one (`?token=`, `&sig=`, `/user=a_password=`). A text
/// without `://`, such as a path, is given back as it is.
///
/// - Parameter address: an address as a user gave it, or a path.
/// - Returns: the same with `***` in place of what must not be read.
package func redacted(_ address: String) -> String {
  guard let host = startOfHost(of: address) else { return address }
  return address[..<host] + redactedHost(address[host...])
}

/// The place after the first `://`.
private func startOfHost(of address: String) -> String.Index? {
  var rest = address[...]
  while let colon = rest.firstIndex(of: ":") {
    rest = rest[colon...].dropFirst()
    if rest.hasPrefix("//") { return rest.dropFirst(2).startIndex }
  }
  return nil
}

/// An address from its user or host on.
private func redactedHost(_ address: Substring) -> String {
  let host = address[..<(address.firstIndex { "/?#".contains($0) } ?? address.endIndex)]
  // A password may hold the signs that end a host; then what stands after its colon is no port.
  let port = host.firstIndex(of: ":").map { host[$0...].dropFirst() } ?? ""
  let isCut = !host.hasPrefix("[") && !port.allSatisfy(\.isNumber)
  var result = ""
  var rest = address
  if let sign = (isCut ? address : host).lastIndex(of: "@") {
    result = "***"
    rest = address[sign...]
  }
  let path = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
  result += rest[..<path]
  rest = rest[path...]
  while let separator = rest.first {
    let tail = rest.dropFirst()
    let end = tail.firstIndex { "/?#&;".contains($0) } ?? tail.endIndex
    result.append(separator)
    result += redactedPart(tail[..<end])
    rest = tail[end...]
  }
  return result
}

/// A folder of a path, or `name=value`, or several of these joined by signs that a value may hold too.
private func redactedPart(_ part: Substring) -> String {
  var name = part.startIndex
  while let sign = part[name...].firstIndex(of: "=") {
    let word = part[name..<sign].lowercased()
    if secretWords.contains(where: word.contains) { return part[...sign] + "***" }
    name = part.index(after: sign)
  }
  // The user of an address inside this one, as in `?url=http://user:password@host`.
  if let sign = part.lastIndex(of: "@"), part[..<sign].contains(":") {
    return "***" + part[sign...]
  }
  return String(part)
}

/// What names of parameters hold whose values let somebody in. Rather one too many is left out.
private let secretWords = [
  "token", "key", "pass", "pwd", "psw", "sig", "auth", "secret", "credential", "session", "ticket",
  "jwt", "hmac",
]
