import SplitpipeCore

extension ModelFetch {
  /// What messages call this fetch.
  var name: String { "cannot fetch \(model.name) from \"\(address.shown)\"" }
}

extension SplitpipeError {
  static func transfer(
    _ fetch: ModelFetch, _ problem: TransferProblem, part: Int, of total: Int?
  ) -> SplitpipeError {
    let detail = problem.detail
    let what =
      switch problem.kind {
      case .unresolved:
        "no host is known as \"\(fetch.address.host)\" (\(detail)); check the network, or give "
          + "another address with --from"
      case .unreachable:
        "no connection (\(detail)); check the network and the address, or give another with --from"
      case .silent:
        "the server is silent (\(detail)); try again later, or allow more with --timeout"
      case .insecure:
        "no secure connection (\(detail)); check the address, the clock and that the package "
          + "ca-certificates is installed"
      case .cut: "the connection was cut (\(detail))"
      case .noFile: "there is no such file (\(detail)); check the address"
      case .other: "\(detail); check the address"
      }
    return SplitpipeError(
      problem.kind == .noFile ? .missingInput : .unavailable,
      "\(fetch.name): \(what)\(kept(part, of: total))")
  }

  static func stopped(_ fetch: ModelFetch, part: Int, of total: Int?) -> SplitpipeError {
    SplitpipeError(.interrupted, "stopped fetching \(fetch.model.name)\(kept(part, of: total))")
  }

  static func tooLarge(_ fetch: ModelFetch, _ total: Int?) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "\(fetch.name): it is \(total.map(megabytes) ?? "more"), at most "
        + "\(megabytes(fetch.settings.maximumBytes)) are taken; expected about "
        + "\(megabytes(fetch.model.bytes)); check the address")
  }

  static func wrongChecksum(
    _ fetch: ModelFetch, found: String, expected: String, _ check: FetchedModel.Check
  ) -> SplitpipeError {
    let record = ChecksumRecord(of: fetch.model, in: fetch.store).path
    let advice =
      check == .recorded
      ? "an earlier fetch recorded that in \"\(record)\"; remove that file if the change is meant"
      : "the file at that address is another one or damaged; give another address with --from"
    return SplitpipeError(
      .badData,
      "\(fetch.name): what came was removed, because its SHA-256 is \(found), expected \(expected); "
        + advice)
  }

  static func notAModel(_ fetch: ModelFetch, _ error: SplitpipeError) -> SplitpipeError {
    SplitpipeError(
      .badData, "\(fetch.name): what came was removed, because it is no model: \(error.message)")
  }

  /// What is left of a transfer that ended early, and what to do with it.
  private static func kept(_ part: Int, of total: Int?) -> String {
    guard part > 0 else { return "" }
    let whole = total.map { " of \(megabytes($0))" } ?? ""
    return "; \(megabytes(part))\(whole) are kept, the same command goes on from there"
  }
}
