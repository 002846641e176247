internal import CCurl
internal import Glibc
import SplitpipeCore

/// Owns one libcurl easy handle whose callbacks feed a receiver.
@safe
struct CurlHandle: ~Copyable {
  private let handle: UnsafeMutableRawPointer
  private let receiver: Receiver
  private let message: UnsafeMutablePointer<CChar>
  private var fields: UnsafeMutablePointer<curl_slist>?

  init(_ receiver: Receiver) throws {
    guard let handle = unsafe curl_easy_init() else {
      throw SplitpipeError(.unavailable, "libcurl cannot be initialised")
    }
    unsafe self.handle = handle
    self.receiver = receiver
    unsafe message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    unsafe fields = nil
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe curl_slist_free_all(fields)
    unsafe message.deallocate()
  }

  /// Makes libcurl call the receiver; before anything else.
  func connect() throws {
    // The receiver lives as long as this handle, which is as long as libcurl calls it.
    let context = unsafe Unmanaged.passUnretained(receiver).toOpaque()
    unsafe receiver.handle = handle
    try unsafe check(ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, message))
    try unsafe check(ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context))
    try unsafe check(ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context))
    try unsafe check(ccurl_set_pointer(handle, CURLOPT_XFERINFODATA, context))
    try set(CURLOPT_NOPROGRESS, 0)
    try unsafe check(
      ccurl_set_bytes_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
        unsafe Receiver.at(context)?.takeField(bytes, size * count) ?? 0
      })
    try unsafe check(
      ccurl_set_bytes_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
        unsafe Receiver.at(context)?.takeBody(bytes, size * count) ?? 0
      })
    try unsafe check(
      ccurl_set_progress_callback(handle) { context, _, _, _, _ in
        unsafe Receiver.at(context)?.mayGoOn() == true ? 0 : 1
      })
  }

  func set(_ option: CURLoption, _ value: Int) throws {
    try unsafe check(ccurl_set_number(handle, option, value))
  }

  func set(_ option: CURLoption, _ value: String) throws {
    try unsafe check(ccurl_set_text(handle, option, value))
  }

  /// Sends one more field in the request's head; at most one in our use.
  mutating func setField(_ line: String) throws {
    guard let list = unsafe curl_slist_append(fields, line) else {
      throw SplitpipeError(.unavailable, "libcurl is out of memory")
    }
    unsafe fields = list
    try unsafe check(ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, list))
  }

  func perform() -> CURLcode { unsafe curl_easy_perform(handle) }

  /// libcurl's words for what went wrong.
  func detail(_ status: CURLcode) -> String {
    let detail = unsafe String(cString: message)
    return detail.isEmpty ? unsafe String(cString: curl_easy_strerror(status)) : detail
  }

  private func check(_ status: CURLcode) throws {
    guard status == CURLE_OK else {
      throw SplitpipeError(
        .unavailable,
        "this libcurl refuses an option: \(unsafe String(cString: curl_easy_strerror(status))); "
          + "7.85 or later is needed")
    }
  }
}
