import SplitpipeArchive
import SplitpipeCore

/// Pictures or labels in the form of MNIST: big-endian extents, then bytes (LeCun, "The MNIST database of
/// handwritten digits", file formats), compressed or not.
struct IDXFile {
  /// Outermost first.
  let extents: [Int]
  private let bytes: ArraySlice<UInt8>

  /// The type of unsigned bytes, the only one that pictures and labels have.
  private static let byteType: UInt8 = 8

  /// - Parameters:
  ///   - path: of the file.
  ///   - rank: extents that it must have.
  /// - Throws: `missingInput`, `badData` for anything that is no such file.
  init(_ path: String, rank: Int) throws {
    try self.init(try Archive(path).content(), rank: rank, path: path)
  }

  /// - Parameters:
  ///   - content: of the file.
  ///   - rank: extents that it must have.
  ///   - path: what errors call it.
  /// - Throws: `badData` for anything that is no such file.
  init(_ content: [UInt8], rank: Int, path: String) throws {
    func refused(_ what: String) -> SplitpipeError {
      SplitpipeError(.badData, "cannot read \"\(path)\" as IDX: \(what)")
    }
    let header = 4 + 4 * rank
    guard content.count >= header, content[0] == 0, content[1] == 0 else {
      throw refused("it does not begin as one")
    }
    guard content[2] == Self.byteType else {
      throw refused(
        "its elements are of type \(content[2]), expected \(Self.byteType), unsigned bytes")
    }
    guard content[3] == UInt8(rank) else {
      throw refused("it has \(content[3]) extents, expected \(rank)")
    }
    extents = (0..<rank).map { place in
      content[(4 + 4 * place)..<(8 + 4 * place)].reduce(0) { $0 << 8 | Int($1) }
    }
    guard let shape = Shape(checking: extents), shape.count == content.count - header else {
      throw refused(
        "its extents \(extents.map(String.init).joined(separator: "×")) do not fit the "
          + "\(content.count - header) bytes behind them")
    }
    bytes = content[header...]
  }

  /// Labels in order.
  var labels: [Int] { bytes.map(Int.init) }

  /// A picture as a PGM file, which any decoder reads.
  func picture(_ number: Int) -> [UInt8] {
    let (height, width) = (extents[1], extents[2])
    let start = bytes.startIndex + number * width * height
    return Array("P5\n\(width) \(height)\n255\n".utf8) + bytes[start..<start + width * height]
  }

  // MARK: - Names

  private static let pictures = "images-idx3-ubyte"
  private static let classes = "labels-idx1-ubyte"

  /// Whether a file of this name holds pictures.
  static func holdsPictures(name: String) -> Bool { name.contains(pictures) }

  /// The file of labels that belongs to one of pictures; nil where it is not there.
  static func labels(of path: String) -> String? {
    let name = FileTree.name(path).replacing(pictures, with: classes)
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    return [name, plain, plain + ".gz"].map { FileTree.folder(of: path) + "/" + $0 }
      .first(where: FileTree.exists)
  }

  /// The file of pictures in a folder, of several that of the test; nil where there is none.
  static func pictures(in folder: String) throws -> String? {
    let names = try FileTree.names(under: folder).filter {
      !$0.contains("/") && holdsPictures(name: $0)
    }.sorted()
    return (names.first { $0.hasPrefix("t10k") || $0.hasPrefix("test") } ?? names.first)
      .map { folder + "/" + $0 }
  }
}
