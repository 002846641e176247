import SplitpipeCore

/// Fills a part: goes on where it ends if that is possible, else begins afresh.
final class Download {
  private struct AskForWhole: Error {}

  private let fetch: ModelFetch
  private let part: PartFile
  /// Which version the part's bytes belong to; nil where the whole file is asked for.
  private var record: PartRecord?
  /// Whether the response's head has been judged.
  private var hasBegun = false
  /// Bytes of the whole file, where known.
  private var total: Int?

  init(_ fetch: ModelFetch, into part: PartFile) {
    self.fetch = fetch
    self.part = part
  }

  /// Runs until the part is complete.
  func run() throws {
    record = usableRecord()
    if let record, record.bytes == part.size { return }
    if record == nil { try part.empty() }
    fetch.report(.begins(address: fetch.address.shown, resumingAt: part.size))
    do {
      try transfer()
    } catch is AskForWhole {
      record = nil
      try part.empty()
      fetch.report(.startsAfresh)
      try transfer()
    }
  }

  /// The record of what the part holds, where it can be gone on from.
  private func usableRecord() -> PartRecord? {
    guard part.size > 0, fetch.address.scheme != "file",
      let record = PartRecord.read(part.recordPath), record.address == fetch.address.shown,
      record.canBeCompared, part.size <= record.bytes ?? .max
    else { return nil }
    return record
  }

  private func transfer() throws {
    hasBegun = false
    total = nil
    var transfer = Transfer(address: fetch.address, settings: fetch.settings)
    if let record {
      transfer.offset = part.size
      transfer.ifRange = record.ifRange
    }
    do {
      let head = try transfer.run(isStopped: fetch.isStopped, body: take)
      if !hasBegun { try begin(head) }
    } catch let problem as TransferProblem {
      throw SplitpipeError.transfer(fetch, problem, part: part.size, of: total)
    } catch is CancellationError {
      throw SplitpipeError.stopped(fetch, part: part.size, of: total)
    }
    if let total, part.size != total {
      let problem = TransferProblem(.cut, "the response ended early")
      throw SplitpipeError.transfer(fetch, problem, part: part.size, of: total)
    }
  }

  /// Judges the head of a response, once.
  private func begin(_ head: ResponseHeader) throws {
    hasBegun = true
    let plan = try BodyPlan(head, offset: part.size, record: record, name: fetch.name)
    total = head.total
    if let total, total > fetch.settings.maximumBytes {
      throw SplitpipeError.tooLarge(fetch, total)
    }
    switch plan {
    case .append: total = total ?? record?.bytes
    case .askForWhole: throw AskForWhole()
    case .replace:
      if part.size > 0 { fetch.report(.startsAfresh) }
      try part.empty()
      try PartRecord(address: fetch.address.shown, head: head).write(to: part.recordPath)
    }
  }

  private func take(_ head: ResponseHeader, _ bytes: Span<UInt8>) throws {
    if !hasBegun { try begin(head) }
    guard part.size + bytes.count <= fetch.settings.maximumBytes else {
      try part.empty()
      throw SplitpipeError.tooLarge(fetch, nil)
    }
    try part.append(bytes)
    fetch.report(.received(part.size, of: total))
  }
}
