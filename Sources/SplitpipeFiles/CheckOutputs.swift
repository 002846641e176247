internal import FoundationEssentials
package import SplitpipeCore

/// Refuses to write one file twice, or over what is read.
///
/// Paths are compared as they are resolved, links followed; devices may be written twice.
///
/// - Parameters:
///   - outputs: what is to be written.
///   - inputs: what is read; addresses are paths of nothing.
/// - Throws: `usage` naming the file.
package func checkOutputs(_ outputs: [String], inputs: [String]) throws(SplitpipeError) {
  func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
  let read = Set(inputs.map(resolved))
  var seen: Set<String> = []
  for output in outputs {
    let path = resolved(output)
    guard !read.contains(path) else {
      throw SplitpipeError(
        .usage, "\"\(output)\" is an input of this command; write the result to another file")
    }
    guard seen.insert(path).inserted || path.hasPrefix("/dev/") else {
      throw SplitpipeError(
        .usage, "\"\(output)\" would be written twice; give every output a file of its own")
    }
  }
}
