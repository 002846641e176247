/// What a user asks of one run; nil leaves a value to the pipeline file or its default.
package struct RunRequest: Sendable {
  /// A video, an image, a folder of images or an address.
  package var input: String
  /// The pipeline file's text and what errors call it.
  package var pipeline: (text: String, path: String)
  /// Settings given on the command line, by name.
  package var overrides: [String: String] = [:]
  /// Options of stages given on the command line, by the stage's name.
  package var stageOverrides: [String: [String: String]] = [:]
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
}
