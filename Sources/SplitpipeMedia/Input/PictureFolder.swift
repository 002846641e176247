package import SplitpipeCore
import SplitpipeFiles

/// The pictures of a folder: what every command sees in it.
package struct PictureFolder: Sendable {
  /// The pictures' paths relative to the folder, numbers in names by value; subfolders are looked into, links followed,
  /// hidden files passed over.
  package let pictures: [String]
  /// Files that are called like pictures of kinds that are not read.
  package let unread: [String]
  /// How many files there are in all, hidden ones left out.
  package let files: Int

  /// Lists a folder.
  ///
  /// - Parameter path: the folder.
  /// - Throws: `missingInput` where it cannot be listed.
  package init(_ path: String) throws(SplitpipeError) {
    let names = try filesUnderFolder(path)
    files = names.count
    unread = names.filter { ImageKind.isUnread(name: $0.fileName) }
    pictures = names.filter { ImageKind.isImage(name: $0.fileName) }
  }

  /// What the user should know of files that were passed over; nil where there is nothing.
  package func note(_ path: String) -> String? {
    guard !unread.isEmpty else { return nil }
    let names = unread.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
    let more = unread.count > 5 ? " and \(unread.count - 5) more" : ""
    return
      "\"\(path)\": pictures of kinds that are not read are left out: \(names)\(more); convert "
      + "them to JPEG or PNG"
  }
}

extension String {
  /// The last part of a path.
  var fileName: String { split(separator: "/").last.map(String.init) ?? self }
}
