internal import COpenVINO
internal import FoundationEssentials
import SplitpipeCore
internal import SplitpipeFiles
internal import Synchronization

/// The OpenVINO runtime of this process, found and opened once.
enum OpenVINOLibrary {
  private static let state = Mutex<String?>(nil)
  private static let fileName = "libopenvino_c.so"

  /// Opens the runtime on the first call and returns its build number.
  ///
  /// - Returns: the build number, such as `2026.4.1-22982`.
  /// - Throws: `unavailable` with the command that installs it.
  static func open() throws -> String {
    try state.withLock { version in
      if let version { return version }
      let opened = try load()
      version = opened
      return opened
    }
  }

  private static func load() throws -> String {
    let folders = ProgramFolders.current
    if let named = folders.named(.runtime) {
      guard let library = library(under: named) else {
        throw SplitpipeError.openVINONotFound(
          "\(ProgramPart.runtime.variable) is \"\(named)\", where no \(fileName) lies")
      }
      return try load(library)
    }
    let places = folders.places(of: .runtime)
    for folder in places {
      if let library = library(under: folder) { return try load(library) }
    }
    do {
      // A bare name: the system's loader looks in its own folders, never in the working one.
      return try load(fileName)
    } catch {
      let looked = (places.map { "\"\($0)\"" } + ["the system's library path"])
      throw SplitpipeError.openVINONotFound(
        "looked for \(fileName) in \(looked.joined(separator: ", "))")
    }
  }

  /// The library in a folder, in its `libs`, or the file itself.
  private static func library(under path: String) -> String? {
    if path.contains(fileName), FileManager.default.fileExists(atPath: path) {
      // Without a slash the loader would look for another file of that name.
      return path.contains("/") ? path : "./" + path
    }
    for folder in [path, path + "/libs", path + "/openvino/libs"] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      if let name = names.filter({ $0.hasPrefix(fileName) }).min() {
        return folder + "/" + name
      }
    }
    return nil
  }

  private static func load(_ path: String) throws -> String {
    var version = [CChar](repeating: 0, count: 128)
    let (status, detail) = withRuntimeMessage { message in
      unsafe version.withUnsafeMutableBufferPointer { buffer in
        unsafe copenvino_load(path, buffer.baseAddress, buffer.count, message)
      }
    }
    guard status == 0 else {
      throw SplitpipeError(
        .unavailable,
        "cannot load the OpenVINO runtime \"\(path)\": \(detail); run `make deps` to install it")
    }
    return String(nullTerminated: version)
  }
}

extension SplitpipeError {
  static func openVINONotFound(_ reason: String) -> SplitpipeError {
    SplitpipeError(
      .unavailable,
      "the OpenVINO runtime is not installed (\(reason)); "
        + "run `make deps`, or point SPLITPIPE_OPENVINO at its libs folder")
  }
}

extension String {
  /// The characters before the first zero.
  init(nullTerminated characters: [CChar]) {
    self.init(
      decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Calls the runtime with room for its sentence; returns the status and the sentence on one line.
@safe
func withRuntimeMessage(_ call: (copenvino_message) -> Int32) -> (status: Int32, detail: String) {
  var text = [CChar](repeating: 0, count: 1024)
  let status = unsafe text.withUnsafeMutableBufferPointer { buffer in
    unsafe call(copenvino_message(text: buffer.baseAddress, capacity: buffer.count))
  }
  let detail = String(nullTerminated: text).split(whereSeparator: \.isNewline)
    .joined(separator: " ")
  return (status, detail)
}
