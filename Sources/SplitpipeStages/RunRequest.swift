import SplitpipeCore
package import SplitpipeDetection
package import SplitpipeMedia

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
  /// Where in the input reading begins, and how many of its frames are read.
  package var reading = SourceSettings()
  package var truth: String?
  /// How the labels are to be read.
  package var labels = TruthOptions()
  package var output: String?
  package var detections: String?
  /// Where the boxes that are scored go, as COCO results.
  package var coco: String?
  package var summary: String?
  /// The server that runs the tail; nil runs it here.
  package var server: ServerRequest?

  package init(input: String, pipeline: (text: String, path: String)) {
    self.input = input
    self.pipeline = pipeline
  }

  /// The pipelines that come with splitpipe.
  package static let detectPipeline = (
    text: String(decoding: PackageResources.detect_yaml, as: UTF8.self), path: "detect.yaml"
  )
  package static let remotePipeline = (
    text: String(decoding: PackageResources.remote_yaml, as: UTF8.self), path: "remote.yaml"
  )
  package static let deliverPipeline = (
    text: String(decoding: PackageResources.deliver_yaml, as: UTF8.self), path: "deliver.yaml"
  )
  package static let wholePipeline = (
    text: String(decoding: PackageResources.whole_yaml, as: UTF8.self), path: "whole.yaml"
  )
  package static let benchPipeline = (
    text: String(decoding: PackageResources.bench_yaml, as: UTF8.self), path: "bench.yaml"
  )

  /// What says how tensors cross a cut.
  private static let cutting = ["split", "bits", "codec", "quantizer", "key-interval"]

  /// - Throws: `usage` where something is said of a cut that the pipeline does not make.
  func refuseCutting() throws(SplitpipeError) {
    guard let name = Self.cutting.first(where: { overrides[$0] != nil }) else { return }
    throw SplitpipeError(
      .usage,
      "--\(name) says how tensors cross a cut, but \(pipeline.path) runs the network whole and sends "
        + "nothing; leave it out, or give a model that can be cut (.pt or .onnx)")
  }

  /// How the labels are to be read for an input; frames of a video go by number.
  func labels(of input: SourceInformation) -> TruthOptions {
    var options = labels
    if input.framesPerSecond != nil {
      options.video = TruthOptions.Video(name: input.name, frameCount: input.frameCount)
    } else {
      options.pictures = self.input
    }
    return options
  }
}
