internal import FoundationEssentials
internal import Glibc
import SplitpipeCodec
import SplitpipeCore
import SplitpipeFiles

/// The results of a sweep on disk: every picture is added once it is done, so that an interruption
/// loses at most one picture and memory holds an index only (16 bytes per picture and unit).
///
/// A file of records, each its length (4 bytes, little-endian), the CRC-32C of its body and the
/// body: a kind byte, then for kind 0 the identity of the sweep as JSON, for kind 1 the key of the
/// unit that gets the next number, for kind 2 the number of a picture with units' results, for kind 3
/// a unit and up to which frame of a video it has all that there are. What follows the last whole record is the trace of an interruption and is cut off.
final class SweepJournal {
  private struct Place {
    var offset: Int64 = -1
    var count: Int32 = 0
  }

  private static let longestRecord = 1 << 28

  let path: String?
  private let descriptor: Int32
  private var end: Int64 = 0
  private var units: [String: Int] = [:]
  /// By unit, then by picture.
  private var places: [[Place]] = []
  /// By unit: frames of a video that it has been through; those to the end are `Int.max`.
  private var ends: [Int] = []

  /// Begins a state file, or goes on with one.
  ///
  /// - Parameters:
  ///   - path: where it lies; nil for a file without a name that goes away by itself.
  ///   - identity: what must be the same for results to belong together.
  ///   - resume: whether to go on with the file at `path`, if there is one.
  /// - Throws: `usage` where the state belongs to another sweep or would be overwritten, `badData`
  ///   where the file is no state, `cannotWrite` where it cannot be made.
  init(path: String?, identity: [String: String], resume: Bool) throws {
    let isOld = path.map(FileTree.exists) ?? false
    if let path, isOld, !resume {
      throw SplitpipeError(
        .usage,
        "\"\(path)\" holds the results of an interrupted sweep: go on with --resume, or remove the "
          + "file to begin anew")
    }
    descriptor = try path.map { try Self.open($0, isOld: isOld) } ?? Self.namelessFile()
    self.path = path
    // From here on a failure lets go of the journal, which closes its file.
    do {
      if let path, isOld, try read(path, identity) { return }
      let header = try JSONEncoder().encode(identity)
      try append([0] + header)
    } catch {
      if let path, !isOld { unsafe unlink(path) }
      throw error
    }
  }

  deinit { close(descriptor) }

  /// The state file under a name. Its folder may be one that others write to: a file that has
  /// appeared meanwhile is not ours, and a link would have us write elsewhere.
  private static func open(_ path: String, isOld: Bool) throws -> Int32 {
    let creation = isOld ? 0 : O_CREAT | O_EXCL
    let descriptor = unsafe Glibc.open(
      systemPath(path), O_RDWR | O_NOFOLLOW | O_CLOEXEC | creation, 0o644)
    guard descriptor >= 0 else { throw cannotWrite(path, errno) }
    return descriptor
  }

  /// A new file in the temporary folder that has lost its name already.
  private static func namelessFile() throws -> Int32 {
    let folder = FileManager.default.temporaryDirectory.path
    var template = Array((folder + "/splitpipe-XXXXXX").utf8CString)
    let descriptor = unsafe mkstemp(&template)
    guard descriptor >= 0 else { throw cannotWrite(folder, errno) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unsafe unlink(template)
    return descriptor
  }

  /// The number of a unit, made on first use.
  func unit(_ key: String) throws -> Int {
    if let unit = units[key] { return unit }
    try append([1] + Array(key.utf8))
    return register(key)
  }

  func has(unit: Int, image: Int) -> Bool { place(unit, image) != nil }

  /// Adds the results of one picture, all or none.
  func append(image: Int, _ results: [(unit: Int, result: UnitResult)]) throws {
    guard !results.isEmpty else { return }
    var body: [UInt8] = [2]
    body.append(number: UInt32(clamping: image))
    var found: [(unit: Int, offset: Int, count: Int)] = []
    for (unit, result) in results {
      let bytes = result.serialized
      body.append(number: UInt32(clamping: unit))
      body.append(number: UInt32(clamping: bytes.count))
      found.append((unit, body.count, bytes.count))
      body += bytes
    }
    let start = end + 8
    try append(body)
    for place in found { note(place.unit, image, start + Int64(place.offset), place.count) }
  }

  /// Notes that a unit has been through so many frames of a video, `Int.max` for all that there are.
  func finish(unit: Int, frames: Int) throws {
    guard frames > ends[unit] else { return }
    var body: [UInt8] = [3]
    body.append(number: UInt32(clamping: unit))
    body.append(number: UInt32(clamping: frames))
    try append(body)
    ends[unit] = frames
  }

  /// Whether a unit has been through so many frames of a video, `Int.max` for all that there are.
  func isFinished(unit: Int, frames: Int) -> Bool { ends[unit] >= frames }

  /// The pictures that a unit has results of.
  func images(unit: Int) -> [Int] {
    places[unit].indices.filter { places[unit][$0].offset >= 0 }
  }

  /// What a unit made of a picture; nil where it is not there.
  ///
  /// - Throws: `badData` where the file was changed meanwhile.
  func result(unit: Int, image: Int) throws -> UnitResult? {
    guard let place = place(unit, image) else { return nil }
    guard let bytes = bytes(at: place.offset, count: Int(place.count)),
      let result = UnitResult(parsing: bytes)
    else {
      throw SplitpipeError(
        .badData, "the state file \"\(path ?? "")\" was changed while it was in use; begin anew")
    }
    return result
  }

  /// Removes the file: everything in it has become a summary.
  func remove() { if let path { unsafe unlink(path) } }

  private func place(_ unit: Int, _ image: Int) -> Place? {
    guard places[unit].indices.contains(image), places[unit][image].offset >= 0 else { return nil }
    return places[unit][image]
  }

  private func register(_ key: String) -> Int {
    units[key] = places.count
    places.append([])
    ends.append(0)
    return places.count - 1
  }

  private func note(_ unit: Int, _ image: Int, _ offset: Int64, _ count: Int) {
    let missing = image + 1 - places[unit].count
    if missing > 0 { places[unit] += [Place](repeating: Place(), count: missing) }
    places[unit][image] = Place(offset: offset, count: Int32(clamping: count))
  }
}

extension SweepJournal {
  /// Reads a file that is there; false where not even its header was written.
  private func read(_ name: String, _ identity: [String: String]) throws -> Bool {
    var hasHeader = false
    while let body = record(at: end) {
      var reader = ByteReader(body)
      guard let kind: UInt8 = reader.next(), hasHeader == (kind != 0) else {
        throw Self.noState(name)
      }
      switch kind {
      case 0:
        let found = try? JSONDecoder().decode(
          [String: String].self, from: Data(body.dropFirst()))
        guard let found else { throw Self.noState(name) }
        try Self.check(found, identity, name)
        hasHeader = true
      case 1: _ = register(String(decoding: body.dropFirst(), as: UTF8.self))
      case 2: try readImage(&reader, start: end + 8, name)
      case 3:
        guard let unit: UInt32 = reader.next(), Int(unit) < places.count,
          let frames: UInt32 = reader.next(), reader.remaining == 0
        else { throw Self.noState(name) }
        ends[Int(unit)] = frames == .max ? .max : Int(frames)
      default: throw Self.noState(name)
      }
      end += Int64(body.count) + 8
    }
    // A file too short for any record was begun and no more.
    guard hasHeader || size < 8 else { throw Self.noState(name) }
    guard ftruncate(descriptor, off_t(end)) == 0 else { throw Self.cannotWrite(name, errno) }
    return hasHeader
  }

  private func readImage(_ reader: inout ByteReader, start: Int64, _ name: String) throws {
    // Pictures are counted in memory: a number that no dataset has would fill it.
    guard let image: UInt32 = reader.next(), image < 1 << 26 else { throw Self.noState(name) }
    while reader.remaining > 0 {
      guard let unit: UInt32 = reader.next(), Int(unit) < places.count,
        let count: UInt32 = reader.next()
      else { throw Self.noState(name) }
      note(Int(unit), Int(image), start + Int64(reader.position), Int(count))
      guard (try? reader.take(Int(count))) != nil else { throw Self.noState(name) }
    }
  }

  /// The body of the whole record at an offset; nil where there is none.
  private func record(at offset: Int64) -> [UInt8]? {
    guard let head = bytes(at: offset, count: 8) else { return nil }
    var reader = ByteReader(head)
    guard let count: UInt32 = reader.next(), let checksum: UInt32 = reader.next(), count > 0,
      Int(count) <= Self.longestRecord, offset + 8 + Int64(count) <= size,
      let body = bytes(at: offset + 8, count: Int(count)),
      CRC32C.checksum(body, count: body.count) == checksum
    else { return nil }
    return body
  }

  private var size: Int64 {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
  }

  /// nil where the file has fewer.
  private func bytes(at offset: Int64, count: Int) -> [UInt8]? {
    var done = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while done < count {
        let got = unsafe pread(
          descriptor, buffer.baseAddress?.advanced(by: done), count - done,
          off_t(offset) + off_t(done))
        guard got > 0 else { break }
        done += got
      }
      initialized = done
    }
    return done == count ? bytes : nil
  }

  private func append(_ body: [UInt8]) throws {
    guard body.count <= Self.longestRecord else {
      throw SplitpipeError(
        .usage, "one picture has \(body.count) bytes of results; give fewer splits or bits at once")
    }
    var record: [UInt8] = []
    record.append(number: UInt32(body.count))
    record.append(number: CRC32C.checksum(body, count: body.count))
    record += body
    var done = 0
    while done < record.count {
      let written = unsafe record.withUnsafeBytes { bytes in
        unsafe pwrite(
          descriptor, bytes.baseAddress?.advanced(by: done), record.count - done,
          off_t(end) + off_t(done))
      }
      if written < 0 {
        guard errno == EINTR else { throw Self.cannotWrite(path ?? "the temporary folder", errno) }
      } else {
        done += written
      }
    }
    end += Int64(record.count)
  }

  private static func check(
    _ found: [String: String], _ expected: [String: String], _ name: String
  ) throws {
    let keys = Set(found.keys).union(expected.keys).sorted()
    guard let key = keys.first(where: { found[$0] != expected[$0] }) else { return }
    throw SplitpipeError(
      .usage,
      "\"\(name)\" holds the results of another sweep: its \(key) is \"\(found[key] ?? "none")\", "
        + "this one's is \"\(expected[key] ?? "none")\"; give the same, or remove the file to begin "
        + "anew")
  }

  private static func noState(_ name: String) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "\"\(name)\" is not the state of a sweep, or is damaged; remove the file to begin anew")
  }

  private static func cannotWrite(_ name: String, _ code: Int32) -> SplitpipeError {
    let reason = unsafe String(cString: strerror(code))
    return SplitpipeError(
      .cannotWrite,
      "cannot write \"\(name)\": \(reason); choose another place or free some space, then go on "
        + "with --resume")
  }
}
