internal import CCurl
internal import Glibc
import SplitpipeCore

/// The address of a model's file, checked.
package struct ModelAddress: Sendable, Equatable {
  /// What the transfer asks for.
  let text: String
  /// The same without user name and password, for messages and records.
  package let shown: String
  let scheme: String
  let host: String

  /// The address of a model at its publisher's, or below another base.
  ///
  /// - Parameters:
  ///   - model: what is to be fetched.
  ///   - base: the address of a file (its path ends in the extension of the model's file, or it
  ///     carries a query) or of a folder that holds it under its own name; http, https or file.
  /// - Throws: `usage` for what is no such address.
  package init(of model: AvailableModel, from base: String? = nil) throws {
    let base = base ?? model.folder
    do {
      var address = try URLParts()
      try address.read(base)
      let suffix = model.fileName.drop { $0 != "." }
      if address.query == nil, !address.path.hasSuffix(suffix) {
        let folder = address.path.hasSuffix("/") ? address.path : address.path + "/"
        try address.set(CURLUPART_PATH, folder + model.fileName)
      }
      scheme = address.scheme
      host = address.host
      text = try address.text()
      try address.set(CURLUPART_USER, nil)
      try address.set(CURLUPART_PASSWORD, nil)
      shown = try address.text()
    } catch let reason as URLProblem {
      throw SplitpipeError(
        .usage,
        "\"\(base)\" is not an address to fetch from: \(reason.text); expected http://, https:// or "
          + "file:// and a place that holds \(model.fileName)")
    }
  }
}

private struct URLProblem: Error { let text: String }

/// An address taken apart by libcurl, so that it is understood as the transfer will understand it.
@safe
private struct URLParts: ~Copyable {
  private let handle: OpaquePointer

  init() throws {
    guard let handle = unsafe curl_url() else { throw URLProblem(text: "out of memory") }
    unsafe self.handle = handle
  }

  deinit { unsafe curl_url_cleanup(handle) }

  mutating func read(_ text: String) throws {
    guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
      throw URLProblem(text: "it holds a space or a control character")
    }
    try set(CURLUPART_URL, text)
    guard ["http", "https", "file"].contains(scheme) else {
      throw URLProblem(text: "its scheme is \"\(scheme)\"")
    }
  }

  var scheme: String { part(CURLUPART_SCHEME) ?? "" }
  var host: String { part(CURLUPART_HOST) ?? "" }
  var path: String { part(CURLUPART_PATH) ?? "/" }
  var query: String? { part(CURLUPART_QUERY) }

  func text() throws -> String {
    guard let text = part(CURLUPART_URL) else { throw URLProblem(text: "it cannot be written") }
    return text
  }

  mutating func set(_ part: CURLUPart, _ value: String?) throws {
    let status = unsafe curl_url_set(handle, part, value, 0)
    guard status == CURLUE_OK else {
      throw URLProblem(text: unsafe String(cString: curl_url_strerror(status)).lowercased())
    }
  }

  private func part(_ part: CURLUPart) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text = unsafe text else {
      return nil
    }
    defer { unsafe curl_free(text) }
    return unsafe String(cString: text)
  }
}
