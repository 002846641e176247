internal import FoundationEssentials
import SplitpipeCore

/// What a user asks of one run; nil leaves a value to the pipeline file or its default.
package struct RunRequest: Sendable {
  /// A video, an image, a folder of images or an address.
  package var input: String
  /// The pipeline file's text and what errors call it.
  package var pipeline: (text: String, path: String)
  /// Settings given on the command line, by name.
  package var overrides: [String: String] = [:]
  package var frames: Int?
  package var truth: String?
  package var output: String?
  package var detections: String?
  package var summary: String?

  package init(input: String, pipeline: (text: String, path: String)) {
    self.input = input
    self.pipeline = pipeline
  }

  /// The pipelines that come with splitpipe.
  package static let detectPipeline = (
    text: String(decoding: PackageResources.detect_yaml, as: UTF8.self), path: "detect.yaml"
  )
  package static let deliverPipeline = (
    text: String(decoding: PackageResources.deliver_yaml, as: UTF8.self), path: "deliver.yaml"
  )
  package static let benchPipeline = (
    text: String(decoding: PackageResources.bench_yaml, as: UTF8.self), path: "bench.yaml"
  )

  /// Refuses to write one file twice, or over what is read.
  ///
  /// - Parameter model: the model file, which is read as well.
  /// - Throws: `usage` naming the file.
  func checkOutputs(model: String) throws {
    func resolved(_ path: String) -> String {
      URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
    let inputs = [input, model, truth].compactMap { $0 }.map(resolved)
    var seen: Set<String> = []
    for output in [output, detections, summary].compactMap({ $0 }) {
      let path = resolved(output)
      guard !inputs.contains(path) else {
        throw SplitpipeError(
          .usage, "\"\(output)\" is an input of this run; write the result to another file")
      }
      guard seen.insert(path).inserted || path.hasPrefix("/dev/") else {
        throw SplitpipeError(
          .usage, "\"\(output)\" would be written twice; give every output a file of its own")
      }
    }
  }
}
