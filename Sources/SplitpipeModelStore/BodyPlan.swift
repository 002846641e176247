import SplitpipeCore

/// What to do with the body of a response, given what is already there.
enum BodyPlan: Equatable {
  /// It goes on where the part ends.
  case append
  /// It is the file from its beginning.
  case replace
  /// It is of no use: ask again for the whole file. Only after asking for a part.
  case askForWhole

  /// - Parameters:
  ///   - head: what the server says about the body.
  ///   - offset: the bytes that are there and that the request left out.
  ///   - record: which version these belong to; nil where the whole file was asked for.
  ///   - name: what messages call the fetch.
  /// - Throws: `missingInput` where the server has no such file, `unavailable` for every other
  ///   answer than the file.
  init(_ head: ResponseHeader, offset: Int, record: PartRecord?, name: String) throws {
    switch head.status {
    case 0, 200:
      self = .replace
    case 206 where record != nil:
      let continues = head.contentRange?.first == offset && record?.matches(head) == true
      self = continues ? .append : .askForWhole
    case 416 where record != nil:
      self = .askForWhole
    case 404, 410:
      throw SplitpipeError(
        .missingInput,
        "\(name): the server has no such file (HTTP \(head.status)); check the address, or give "
          + "another with --from")
    default:
      throw SplitpipeError(
        .unavailable,
        "\(name): the server answers HTTP \(head.status), expected 200 and the file; try again "
          + "later, or give another address with --from")
    }
  }
}
